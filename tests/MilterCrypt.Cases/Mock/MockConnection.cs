using System.Globalization;
using System.Net;
using MilterCrypt.Cases.Mta;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Mock;

/// <summary>An SMTP connection to the mock: what a mail server would say, as far as the filter has a say in it.</summary>
internal sealed class MockConnection(MockMta mta, CancellationToken ct) : ICaseConnection
{
    private readonly List<string> recipients = [];
    private readonly List<byte> pieces = [];
    private MilterClient? client;
    private MessageDelivery? message;
    private ClientSession session = new();
    private string sender = "";
    private bool isGone;

    private bool IsPostfix => mta.Habits.Kind == MtaKind.Postfix;

    private MilterClient Client => client ?? throw new InvalidOperationException("the filter was not connected to");

    public async Task<SmtpAnswer> ConnectAsync(ClientSession described)
    {
        session = described;
        client = await MilterClient.OpenAsync(mta.Filter, mta.Habits, ct);
        client.Introduce(session);
        await client.ConnectAsync(session.Host, session.Address, session.Port, ct);
        // A refusal for now is told at MAIL.
        return Refusal(client.Standing) is { Code: 421 or >= 500 } refused
            ? refused.Code == 421 ? Said(refused) : new SmtpAnswer(554, "mx.test.example not accepting messages")
            : new SmtpAnswer(220, "mx.test.example ESMTP");
    }

    public async Task<SmtpAnswer> CommandAsync(string line)
    {
        if (isGone)
            return SmtpAnswer.Gone;
        string verb = line.Split([' ', ':'], 2)[0].ToUpperInvariant();
        string rest = line.Length > verb.Length ? line[(verb.Length + 1)..] : "";
        switch (verb)
        {
            case "EHLO" or "HELO":
                return await HeloAsync(rest);
            case "MAIL":
                return await MailAsync(rest["FROM:".Length..]);
            case "RCPT":
                return await RecipientAsync(rest["TO:".Length..]);
            case "DATA":
                return await DataAsync();
            case "RSET":
                await ResetAsync();
                return new SmtpAnswer(250, "2.0.0 Ok");
            case "NOOP":
                return new SmtpAnswer(250, "2.0.0 Ok");
            case "QUIT":
                await QuitAsync();
                return new SmtpAnswer(221, "2.0.0 Bye");
            case "XCLIENT" when IsPostfix:
                return await IntroduceAsync(rest);
            default:
                // Postfix shows the first word alone.
                var answer = await Client.UnknownAsync(IsPostfix ? verb : line, ct);
                return Said(Refusal(answer) ?? new SmtpAnswer(500, "5.5.1 Command unknown"));
        }
    }

    public async Task<SmtpAnswer> SendDataAsync(byte[] content)
    {
        ClientMessage sent = MockMessage.Read(mta.Habits.Kind, sender, [.. recipients], content);
        Client.SessionMacros.Content(sent);
        ClientResult result = await message!.ContentAsync(sent, ct);
        message = null;
        mta.Take(result, sent);
        return Said(result.Reply is { } reply ? Read(reply) : new SmtpAnswer(250, "2.0.0 Ok"));
    }

    public async Task<SmtpAnswer> SendChunkAsync(ReadOnlyMemory<byte> chunk, bool last)
    {
        if (pieces.Count == 0 && await DataAsync() is { Code: not 354 } refused)
            return refused;
        pieces.AddRange(chunk.Span);
        if (!last)
            return new SmtpAnswer(250, "2.0.0 Ok");
        byte[] whole = [.. pieces];
        pieces.Clear();
        return await SendDataAsync(whole);
    }

    // A client that hangs up, or is hung up on, is told to the filter as one that says QUIT.
    public async ValueTask DisposeAsync() => await QuitAsync();

    private async Task<SmtpAnswer> HeloAsync(string name)
    {
        await ResetAsync();
        if (Client.Standing is null)
            await Client.HeloAsync(name, ct);
        // What the filter says here is told at MAIL.
        return Refusal(Client.Standing) is { Code: 421 } gone ? Said(gone) : new SmtpAnswer(250, "mx.test.example");
    }

    private async Task<SmtpAnswer> MailAsync(string path)
    {
        if (message is not null)
            return new SmtpAnswer(503, "5.5.1 Nested MAIL command");
        sender = path;
        recipients.Clear();
        Client.SessionMacros.Mail(path);
        message = new MessageDelivery(Client, local: false);
        var refused = Refusal(await message.MailAsync(path, ct));
        if (refused is not null)
            message = null;
        return Said(refused ?? new SmtpAnswer(250, "2.1.0 Ok"));
    }

    private async Task<SmtpAnswer> RecipientAsync(string path)
    {
        if (message is null)
            return new SmtpAnswer(503, "5.5.1 Need MAIL command");
        recipients.Add(path);
        return Said(Refusal(await message.RecipientAsync(path, ct)) ?? new SmtpAnswer(250, "2.1.5 Ok"));
    }

    private async Task<SmtpAnswer> DataAsync()
    {
        if (message is null || message.HasNoRecipient)
            return IsPostfix && message is not null ? new SmtpAnswer(554, "5.5.1 No valid recipients") : new SmtpAnswer(503, "5.5.1 Need RCPT");
        // The envelope stays: a client may insist.
        return Said(Refusal(await message.DataAsync(ct)) ?? new SmtpAnswer(354, "Go on"));
    }

    private async Task ResetAsync()
    {
        if (message is not null)
            await Client.ResetAsync(ct);
        message = null;
    }

    private async Task QuitAsync()
    {
        isGone = true;
        if (client is null)
            return;
        await ResetAsync();
        await client.QuitAsync(ct);
        await client.DisposeAsync();
        client = null;
    }

    // Postfix begins anew with a client that it is told of: it hangs up on the filter, and connects again.
    private async Task<SmtpAnswer> IntroduceAsync(string attributes)
    {
        if (message is not null)
            return new SmtpAnswer(503, "5.5.1 Mail transaction in progress");
        await Client.QuitAsync(ct);
        await Client.DisposeAsync();
        foreach (string attribute in attributes.Split(' '))
        {
            session = attribute.Split('=') switch
            {
                ["NAME", var name] => session with { Host = name },
                ["ADDR", var address] => session with { Address = IPAddress.Parse(address) },
                ["LOGIN", var user] => session with { Authentication = new ClientAuthentication("XCLIENT", user, null, null) },
                _ => throw new ArgumentException($"{attribute} is nothing that the mock knows", nameof(attributes)),
            };
        }

        var greeting = await ConnectAsync(session);
        if (session.Authentication is { } login)
            Client.SessionMacros.LogIn(login);
        return greeting;
    }

    private SmtpAnswer? Refusal(MilterAnswer? answer) => answer is not null && mta.Habits.ReplyText(answer) is { } reply ? Read(reply) : null;

    private SmtpAnswer Said(SmtpAnswer answer)
    {
        isGone |= answer.Code == 421;
        return answer;
    }

    private static SmtpAnswer Read(string reply)
    {
        string[] lines = reply.Split("\r\n");
        return new SmtpAnswer(int.Parse(lines[0][..3], CultureInfo.InvariantCulture), string.Join('\n', lines.Select(line => line[4..])));
    }
}
