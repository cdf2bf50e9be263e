using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>What one MTA does differently from another, as far as a filter notices.</summary>
/// <param name="Kind">Which MTA.</param>
/// <param name="Offer">What it offers when it negotiates.</param>
/// <param name="Macros">The macros that it sends at each stage unless the filter asks for others.</param>
public sealed record MtaHabits(MtaKind Kind, Negotiation Offer, IReadOnlyDictionary<MacroStage, string> Macros)
{
    private static readonly Negotiation Everything = new(6, (MilterActions)0x1FF, (MilterProtocol)0x1FFFFF);

    /// <summary>Postfix 3.7, with its default macros.</summary>
    public static MtaHabits Postfix { get; } = new(MtaKind.Postfix, Everything, new Dictionary<MacroStage, string>
    {
        [MacroStage.Connect] = "j {daemon_name} {daemon_addr} v _",
        [MacroStage.Helo] = "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
        [MacroStage.Mail] = "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}",
        [MacroStage.Recipient] = "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
        [MacroStage.Data] = "i",
        [MacroStage.EndOfHeader] = "i",
        [MacroStage.EndOfMessage] = "i",
    });

    /// <summary>Sendmail 8.17, with its default macros.</summary>
    public static MtaHabits Sendmail { get; } = new(MtaKind.Sendmail, Everything, new Dictionary<MacroStage, string>
    {
        [MacroStage.Connect] = "j _ {daemon_name} {if_name} {if_addr}",
        [MacroStage.Helo] = "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}",
        [MacroStage.Mail] = "i {auth_type} {auth_authen} {auth_author} {auth_ssf} {mail_addr} {mail_host} {mail_mailer}",
        [MacroStage.Recipient] = "{rcpt_mailer} {rcpt_host} {rcpt_addr}",
        [MacroStage.EndOfMessage] = "{msg_id}",
    });

    /// <summary>The version that the MTA tells of itself.</summary>
    public string MtaVersion => Kind == MtaKind.Postfix ? "Postfix 3.7.11" : "8.17.1.9";

    /// <summary>Whether the frame of macros is sent even when none has a value.</summary>
    internal bool SendsEmptyMacros => Kind == MtaKind.Postfix;

    /// <summary>Whether macros come before each header field and piece of the body, too.</summary>
    internal bool RepeatsMacros => Kind == MtaKind.Postfix;

    /// <summary>Whether ABORT follows a message that has ended, and comes once more before QUIT: with Postfix, not with
    /// Sendmail.</summary>
    internal bool AbortsWhatHasEnded => Kind == MtaKind.Postfix;

    /// <summary>The same MTA as it behaves with an older version of the protocol (Postfix's milter_protocol).</summary>
    /// <param name="version">From 2 to 6.</param>
    public MtaHabits Speaking(uint version) => this with
    {
        Offer = new Negotiation(version, Offer.Actions, Offer.Protocol & (MilterProtocol)(version switch
        {
            2 => 0x7F,
            3 => 0x17F,
            4 or 5 => 0x37F,
            _ => -1,
        })),
    };

    /// <summary>What this MTA says to its SMTP client upon a filter's refusal.</summary>
    /// <returns>Null where it is no refusal.</returns>
    public string? ReplyText(MilterAnswer answer) => answer.Code switch
    {
        MilterReply.Reject => "550 5.7.1 Command rejected",
        MilterReply.TemporaryFailure => "451 4.7.1 Service unavailable - try again later",
        MilterReply.Shutdown => "421 4.7.0 Server closing connection",
        MilterReply.ReplyCode => OwnWords(Encoding.UTF8.GetString(answer.Payload.Span).TrimEnd('\0')),
        _ => null,
    };

    /// <summary>What this MTA makes of a filter's answer to CONNECT: Sendmail drops the words of a refusal, unless it is to
    /// hang up.</summary>
    internal MilterAnswer HeardAtConnect(MilterAnswer answer)
    {
        if (Kind != MtaKind.Sendmail || answer.Code != MilterReply.ReplyCode || answer.Payload.Span.StartsWith("421"u8))
            return answer;
        return new MilterAnswer(answer.Payload.Span is [(byte)'5', ..] ? MilterReply.Reject : MilterReply.TemporaryFailure, default);
    }

    // Both take the text for a format. Sendmail answers 554 to one that makes no sense as such, whatever the code was,
    // and of lines that are no reply shows the first alone; Postfix drops what makes no sense, and mends lines.
    private string OwnWords(string text)
    {
        string shown = text.Replace("%%", "\0", StringComparison.Ordinal);
        bool broken = shown.Contains('%', StringComparison.Ordinal);
        shown = shown.Replace("%", "", StringComparison.Ordinal).Replace('\0', '%');
        if (Kind != MtaKind.Sendmail)
            return shown;
        if (broken)
            return "554 5.3.5 The filter's reply is no format";
        string[] lines = shown.Split("\r\n");
        bool wellFormed = lines.Index().All(line => line.Item.Length > 3 && line.Item.StartsWith(shown[..3], StringComparison.Ordinal)
            && line.Item[3] == (line.Index < lines.Length - 1 ? '-' : ' '));
        return wellFormed || lines.Length == 1 ? shown : $"{lines[0][..3]} {lines[0][4..]}";
    }
}
