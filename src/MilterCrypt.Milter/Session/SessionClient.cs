using System.Buffers;
using System.Globalization;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>The SMTP session behind a milter connection, put together from what the MTA tells at each stage. Owned by the
/// session.</summary>
internal sealed class SessionClient(SessionPlace place, int maxMacroBytes)
{
    private const string PostfixName = "Postfix";

    private MilterMacros macros = new();
    private bool mailMacrosCame;
    private bool recipientMacrosCame;

    /// <summary>What is known now.</summary>
    public SmtpSession Session { get; private set; } = new() { Id = place.Id, Listener = place.Listener, Peer = place.Peer };

    /// <summary>Whether macros are MAIL's. They come before MAIL itself, and bring another queue id: the message before must
    /// have ended by then.</summary>
    public static bool AreForMail(ReadOnlySequence<byte> payload) => !payload.IsEmpty && payload.FirstSpan[0] == MilterCommand.Mail;

    /// <summary>Keeps the values that the MTA tells before a command.</summary>
    /// <exception cref="MilterProtocolException">They are too many, or no names and values.</exception>
    public void TakeMacros(ReadOnlySequence<byte> payload)
    {
        if (payload.IsEmpty)
            throw new MilterProtocolException("A macro command names no stage.");
        // There is no list for an unknown command; what Postfix can be told to send before one belongs to no stage.
        if (Steps.MacroStageOf(payload.FirstSpan[0]) is not { } stage)
            return;

        // A new message's macros: what is left of the last one's must not show through.
        if (stage == MacroStage.Mail)
        {
            macros.ClearFrom(MacroStage.Mail);
            mailMacrosCame = true;
        }

        recipientMacrosCame |= stage == MacroStage.Recipient;
        macros.Set(stage, payload.Slice(1), maxMacroBytes);
    }

    public void Connect(ClientInfo client)
    {
        string? version = macros["v"];
        Session = new SmtpSession
        {
            Id = place.Id,
            Listener = place.Listener,
            Peer = place.Peer,
            ClientHost = client.Host,
            ClientAddress = client.Address,
            ClientPort = client.Port,
            Mta = KindOf(version, macros["if_name"]),
            MtaVersion = version is not null && IsPostfix(version) ? version[PostfixName.Length..].Trim() : version,
            MtaHost = macros["j"],
            DaemonName = macros["daemon_name"],
            DaemonAddress = macros["daemon_addr"] ?? macros["if_addr"],
            Macros = macros,
        };
    }

    /// <summary>Another SMTP client takes the connection over (SMFIC_QUIT_NC).</summary>
    public void Forget()
    {
        macros = new MilterMacros();
        Connect(ClientInfo.None);
    }

    /// <summary>HELO comes again after STARTTLS, and TLS is told of there only.</summary>
    public void Helo(string name) => Session = Session with
    {
        Helo = name,
        Tls = macros["tls_version"] is { Length: > 0 } version
            ? new ClientTls(
                version, macros["cipher"] ?? "", macros["cipher_bits"] ?? "",
                macros["cert_subject"] ?? "", macros["cert_issuer"] ?? "", macros["verify"])
            : null,
    };

    /// <summary>A login is told of at MAIL only, and once more at each.</summary>
    public MailTransaction Begin(EnvelopePath sender)
    {
        macros.ClearFrom(mailMacrosCame ? MacroStage.Recipient : MacroStage.Mail);
        mailMacrosCame = false;
        recipientMacrosCame = false;
        Session = Session with
        {
            Macros = macros,
            Authentication = macros["auth_authen"] is { Length: > 0 } user
                ? new ClientAuthentication(
                    macros["auth_type"] ?? "", user, macros["auth_author"],
                    int.TryParse(macros["auth_ssf"], NumberStyles.None, CultureInfo.InvariantCulture, out int strength) ? strength : null)
                : null,
        };
        return new MailTransaction
        {
            Sender = sender.Address,
            ResolvedSender = ResolvedAddress.Of(macros["mail_addr"], sender.Address),
            SenderArguments = sender.Arguments,
            IsLocalSubmission = IsLocalSubmission(sender),
            Session = Session,
        };
    }

    /// <summary>A recipient, by RCPT and its macros.</summary>
    public Recipient RecipientOf(EnvelopePath path)
    {
        // Another recipient's address must not be taken for this one's.
        if (!recipientMacrosCame)
            macros.ClearFrom(MacroStage.Recipient);
        recipientMacrosCame = false;
        return new Recipient(path.Address, path.Arguments)
        {
            Given = path.Given,
            ResolvedAddress = ResolvedAddress.Of(macros["rcpt_addr"], path.Address),
            Mailer = macros["rcpt_mailer"],
            Host = macros["rcpt_host"],
        };
    }

    /// <summary>What the MTA told of a message ends with it.</summary>
    public void EndMessage() => macros.ClearFrom(MacroStage.Mail);

    // Postfix shows its sendmail command's mail as from localhost, port 0, and the sender without angle brackets;
    // nobody who speaks SMTP can bring the latter about.
    private bool IsLocalSubmission(EnvelopePath sender) =>
        Session.Mta != MtaKind.Sendmail && !sender.InBrackets && Session.ClientPort == 0
        && Session.ClientAddress is { } address && System.Net.IPAddress.IsLoopback(address);

    // Postfix says its name in 'v'; Sendmail gives its version alone, and names the interface, which Postfix never does.
    private static MtaKind KindOf(string? version, string? interfaceName)
    {
        if (version is not null && IsPostfix(version))
            return MtaKind.Postfix;
        return interfaceName is not null || version is [>= '0' and <= '9', ..] ? MtaKind.Sendmail : MtaKind.Unknown;
    }

    private static bool IsPostfix(string version) => version.StartsWith(PostfixName, StringComparison.OrdinalIgnoreCase);
}
