using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>The SMTP client behind a session and what the MTA told of it: all that a new message's transaction starts
/// with. Owned by the session.</summary>
internal sealed class SessionClient(string sessionId)
{
    private ClientInfo client = ClientInfo.None;
    private string helo = "";
    private ClientTls? tls;
    private MtaKind mta;

    public MilterMacros Macros { get; private set; } = new();

    public void Connect(ClientInfo newClient)
    {
        client = newClient;
        helo = "";
        tls = null;
        mta = KindOf(Macros);
    }

    /// <summary>Another SMTP client takes the connection over (SMFIC_QUIT_NC).</summary>
    public void Forget()
    {
        Macros = new MilterMacros();
        Connect(ClientInfo.None);
    }

    /// <summary>HELO comes again after STARTTLS, and TLS is told of there only.</summary>
    public void Helo(string name)
    {
        helo = name;
        tls = Macros["tls_version"] is { Length: > 0 } version
            ? new ClientTls(
                version, Macros["cipher"] ?? "", Macros["cipher_bits"] ?? "",
                Macros["cert_subject"] ?? "", Macros["cert_issuer"] ?? "", Macros["verify"])
            : null;
    }

    public MailTransaction Begin(EnvelopePath sender) => new()
    {
        Sender = sender.Address,
        ResolvedSender = ResolvedAddress.Of(Macros["mail_addr"], sender.Address),
        SenderArguments = sender.Arguments,
        SessionId = sessionId,
        Mta = mta,
        ClientHost = client.Host,
        ClientAddress = client.Address,
        Helo = helo,
        Tls = tls,
        AuthenticatedUser = Macros["auth_authen"] is { Length: > 0 } user ? user : null,
        DaemonName = Macros["daemon_name"],
        IsLocalSubmission = IsLocalSubmission(sender),
        Macros = Macros,
    };

    public Recipient RecipientOf(EnvelopePath path) => new(path.Address, path.Arguments)
    {
        ResolvedAddress = ResolvedAddress.Of(Macros["rcpt_addr"], path.Address),
    };

    // Postfix shows its sendmail command's mail as from localhost, port 0, and the sender without angle brackets;
    // nobody who speaks SMTP can bring the latter about.
    private bool IsLocalSubmission(EnvelopePath sender) =>
        mta != MtaKind.Sendmail && !sender.InBrackets && client.Port == 0
        && client.Address is { } address && System.Net.IPAddress.IsLoopback(address);

    // Postfix says its name in 'v'; Sendmail gives its version alone, and names the interface, which Postfix never does.
    private static MtaKind KindOf(MilterMacros macros)
    {
        string? version = macros["v"];
        if (version is not null && version.StartsWith("Postfix", StringComparison.OrdinalIgnoreCase))
            return MtaKind.Postfix;
        return macros["if_name"] is not null || (version is [>= '0' and <= '9', ..]) ? MtaKind.Sendmail : MtaKind.Unknown;
    }
}
