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

    /// <summary>Whether the frame of macros is sent even when none has a value.</summary>
    internal bool SendsEmptyMacros => Kind == MtaKind.Postfix;

    /// <summary>Whether macros come before each header field and piece of the body, too.</summary>
    internal bool RepeatsMacros => Kind == MtaKind.Postfix;

    /// <summary>How many ABORTs follow a finished message: Postfix sends two, Sendmail none.</summary>
    internal int AbortsAfterMessage => Kind == MtaKind.Postfix ? 2 : 0;
}
