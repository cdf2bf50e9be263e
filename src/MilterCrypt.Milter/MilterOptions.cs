using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter;

/// <summary>Limits, times and wishes of a milter server; the defaults suit Postfix and Sendmail as they come.</summary>
public sealed record MilterOptions
{
    // What Sendmail cuts a list off at.
    private const int MaxMacros = 50;

    /// <summary>The most data that a frame may hold, in bytes, where the MTA offers more than the protocol's 65535: of
    /// the sizes on offer (256 KiB and 1 MiB, less one byte), the largest that is not above this is agreed on, for both
    /// directions. What was not offered is never used. Sendmail, the one MTA that can offer it, keeps one size for all of its
    /// filters, so taking its largest offer is what no other filter can upset.</summary>
    public int MaxDataSize { get; init; } = (1024 * 1024) - 1;

    /// <summary>What filters may want to do to messages; of these, what the MTA offers is claimed. By default all that this
    /// library can do.</summary>
    public MilterActions Actions { get; init; } = MilterActions.AddHeaders | MilterActions.ChangeHeaders
        | MilterActions.ChangeBody | MilterActions.AddRecipients | MilterActions.AddRecipientsWithArguments
        | MilterActions.DeleteRecipients | MilterActions.ChangeSender | MilterActions.Quarantine | MilterActions.RequestMacros;

    /// <summary>The most bytes of header, names and values together, of one message; more is refused with 552, or with
    /// 451 where the sender is the null sender.</summary>
    public int MaxHeaderBytes { get; init; } = 1024 * 1024;

    /// <summary>The most header fields of one message; more is refused likewise.</summary>
    public int MaxHeaderFields { get; init; } = 5000;

    /// <summary>The most recipients of one message; the next is refused with 452 4.5.3. Local
    /// submission, which knows no refusal of one recipient, is then refused as a whole with 550 5.5.3.</summary>
    public int MaxRecipients { get; init; } = 10_000;

    /// <summary>The most that a message's sender, recipients and their ESMTP arguments may take together, in characters,
    /// with 32 more for each text and with what the MTA tells of each recipient ({rcpt_addr}, {rcpt_host}, {rcpt_mailer});
    /// the next recipient is refused with 452 4.5.3.</summary>
    public int MaxEnvelope { get; init; } = 2 * 1024 * 1024;

    /// <summary>The most bytes of macros of one stage; more is a breach of the protocol.</summary>
    public int MaxMacroBytes { get; init; } = 16 * 1024;

    /// <summary>The most connections of one listener that are served at a time, unless it has a limit of its own. As many
    /// again are kept waiting: each of their messages is refused with 451 4.3.2 at MAIL as long as there is no place for
    /// it. More than that are closed at once.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>How many bytes of body may wait for the handler before the MTA is kept from sending more.</summary>
    public int BodyBuffer { get; init; } = 128 * 1024;

    /// <summary>How long a new connection may take to negotiate.</summary>
    public TimeSpan NegotiationTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be silent, between frames. MTAs keep one open as long as their SMTP client keeps them
    /// waiting, which may be two hours; libmilter closes at 7210 s, and a connection that is used again at that very
    /// moment must still be there.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(3);

    /// <summary>How long a connection may be silent that has no place among those that are served. Most SMTP servers wait
    /// no longer than 5 minutes for their client (RFC 5321 §4.5.3.2.7).</summary>
    public TimeSpan WaitingTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the MTA may be silent amid a message's header or body, and how long any frame may take from its
    /// first byte to its last. Both MTAs have the whole message, or the frame, by then, so nobody's client is being waited
    /// for.</summary>
    public TimeSpan ContentTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the filter may take to answer at each step up to the end of the header, and to end. Sendmail waits 10 s by
    /// default, Postfix 30 s, and neither can be kept waiting by PROGRESS there.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long a piece of the body may wait for the handler, or a reply for the MTA, before the message is
    /// given up: a socket that nobody reads hides a lost peer.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the handler may take from end of message to its verdict. Sendmail gives up after 5 minutes,
    /// whatever it is told meanwhile.</summary>
    public TimeSpan VerdictTimeout { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>How long messages in flight may take once the server is told to stop. What is not answered then is refused
    /// with 451 4.3.2; edits that have begun are completed.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long after <see cref="StopTimeout"/> a connection is kept so that the MTA's next command can be
    /// answered with that refusal: closing it would leave the message to the MTA's own error action.</summary>
    public TimeSpan LastWordTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most that a server's stop can take, for the host's own patience (<c>HostOptions.ShutdownTimeout</c>):
    /// until then a new body that is being sent is sent to its end.</summary>
    public TimeSpan LongestStop => StopTimeout + StallTimeout;

    /// <summary>How often the MTA is told that the verdict is still being worked on. Sendmail reads no longer than
    /// 10 s by default.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How many file descriptors the process may have.</summary>
    internal long DescriptorLimit { get; init; } = LibC.DescriptorLimit();

    /// <summary>The macros to ask for at each stage, in the MTAs' notation, separated by blanks. A stage that is
    /// missing here gets the MTA's default. MTAs heed at most 50 names of a stage.</summary>
    /// <exception cref="ArgumentException">A stage has more names.</exception>
    public IReadOnlyDictionary<MacroStage, string> Macros
    {
        get;
        init => field = Checked(value);
    } = new Dictionary<MacroStage, string>
    {
        [MacroStage.Connect] = "j _ v {daemon_name} {daemon_addr} {if_name} {if_addr}",
        [MacroStage.Helo] = "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer} {verify}",
        [MacroStage.Mail] = "i {auth_type} {auth_authen} {auth_author} {auth_ssf} {mail_addr} {mail_host} {mail_mailer}",
        [MacroStage.Recipient] = "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
        [MacroStage.Data] = "i",
        [MacroStage.EndOfMessage] = "i {msg_id}",
        [MacroStage.EndOfHeader] = "i",
    };

    private static IReadOnlyDictionary<MacroStage, string> Checked(IReadOnlyDictionary<MacroStage, string> lists)
    {
        foreach ((MacroStage stage, string names) in lists)
        {
            if (names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length is var count and > MaxMacros)
                throw new ArgumentException($"{count} macros at {stage} are more than {MaxMacros}.", nameof(lists));
        }

        return lists;
    }
}
