namespace MilterCrypt.Milter;

/// <summary>The steps of a conversation that a filter wants to answer beyond those that every filter is asked: MAIL, RCPT,
/// the end of the header and the body. What nobody asks for costs nothing: it is negotiated away, or passed over in
/// silence.</summary>
[Flags]
public enum FilterSteps
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>A client connects: <see cref="IMailFilter.ConnectAsync"/>.</summary>
    Connect = 0x01,

    /// <summary>HELO or EHLO, again after STARTTLS: <see cref="IMailFilter.HeloAsync"/>.</summary>
    Helo = 0x02,

    /// <summary>A command that the MTA does not know: <see cref="IMailFilter.UnknownAsync"/>. From version 3 of the
    /// protocol on.</summary>
    Unknown = 0x04,

    /// <summary>DATA: <see cref="IMessageHandler.DataAsync"/>. From version 4 of the protocol on.</summary>
    Data = 0x08,

    /// <summary>Recipients that the MTA has refused already are shown at RCPT, too, where it can do that
    /// (SMFIP_RCPT_REJ); <see cref="Recipient.IsRefusedByMta"/> tells them.</summary>
    RefusedRecipients = 0x10,
}
