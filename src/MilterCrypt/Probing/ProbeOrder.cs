using System.Net;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Probing;

/// <summary>What to show to which filter, and as whom.</summary>
/// <param name="Filter">Where it listens.</param>
/// <param name="Mta">The MTA to behave like.</param>
/// <param name="Sender">MAIL FROM, in brackets, with its ESMTP arguments.</param>
/// <param name="Recipients">RCPT TO, in the same manner.</param>
internal sealed record ProbeOrder(MilterEndpoint Filter, MtaHabits Mta, string Sender, IReadOnlyList<string> Recipients)
{
    /// <summary>The SMTP client's address and port; null for an example's.</summary>
    public IPEndPoint? Client { get; init; }

    /// <summary>What it calls itself.</summary>
    public string? Helo { get; init; }

    /// <summary>Under which name it logged in; null for nobody.</summary>
    public string? User { get; init; }

    /// <summary>Whether the message comes from Postfix's sendmail command.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Macros that are told in place of the MTA's own, by name in the MTAs' notation.</summary>
    public IReadOnlyDictionary<string, string> Macros { get; init; } = new Dictionary<string, string>();

    /// <summary>How many times the message is shown, one after another over the same connection.</summary>
    public int Count { get; init; } = 1;

    /// <summary>How long all of it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The session that the MTA would show of this message.</summary>
    public ClientSession Session(ProbeMessage message)
    {
        var shown = new ClientMessage(Sender, Recipients, message.Header, message.Body);
        if (IsLocal)
            return ClientSession.LocalSubmission(shown);

        var session = new ClientSession([.. Enumerable.Repeat(shown, Count)])
        {
            Authentication = User is null ? null : new Milter.ClientAuthentication("PLAIN", User, null, null),
        };
        if (Client is not null)
            session = session with { Host = $"[{Client.Address}]", Address = Client.Address, Port = Client.Port > 0 ? Client.Port : session.Port };
        return Helo is null ? session : session with { Helo = Helo };
    }
}
