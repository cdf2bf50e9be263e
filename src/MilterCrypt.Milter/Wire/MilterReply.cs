namespace MilterCrypt.Milter.Wire;

/// <summary>What a filter sends (SMFIR_*). Negotiation is answered by <see cref="MilterCommand.Negotiate"/>.</summary>
public static class MilterReply
{
    /// <summary>SMFIR_CONTINUE: go on.</summary>
    public const byte Continue = (byte)'c';

    /// <summary>SMFIR_ACCEPT: the message goes on, and this filter is not asked about it again.</summary>
    public const byte Accept = (byte)'a';

    /// <summary>SMFIR_REJECT: refused for good, in the MTA's words.</summary>
    public const byte Reject = (byte)'r';

    /// <summary>SMFIR_TEMPFAIL: refused for now, in the MTA's words.</summary>
    public const byte TemporaryFailure = (byte)'t';

    /// <summary>SMFIR_DISCARD: taken and dropped.</summary>
    public const byte Discard = (byte)'d';

    /// <summary>SMFIR_REPLYCODE: refused in the filter's words.</summary>
    public const byte ReplyCode = (byte)'y';

    /// <summary>SMFIR_PROGRESS: still at work.</summary>
    public const byte Progress = (byte)'p';

    /// <summary>SMFIR_SKIP: no more of this. Never sent here: Sendmail drops more than was meant.</summary>
    public const byte Skip = (byte)'s';

    /// <summary>SMFIR_SHUTDOWN: the SMTP session ends with 421. Never sent here: Sendmail does not know it; a reply of the
    /// filter's words that begins with 421 does the same with both MTAs.</summary>
    public const byte Shutdown = (byte)'4';

    /// <summary>SMFIR_CONN_FAIL: the connection fails. Never sent here: no MTA knows it.</summary>
    public const byte ConnectionFailure = (byte)'f';

    /// <summary>SMFIR_ADDHEADER: add a field.</summary>
    public const byte AddHeader = (byte)'h';

    /// <summary>SMFIR_INSHEADER: add a field at a place.</summary>
    public const byte InsertHeader = (byte)'i';

    /// <summary>SMFIR_CHGHEADER: change a field, or delete it by an empty value.</summary>
    public const byte ChangeHeader = (byte)'m';

    /// <summary>SMFIR_REPLBODY: a piece of the new body.</summary>
    public const byte ReplaceBody = (byte)'b';

    /// <summary>SMFIR_ADDRCPT: add a recipient.</summary>
    public const byte AddRecipient = (byte)'+';

    /// <summary>SMFIR_ADDRCPT_PAR: add a recipient with ESMTP arguments.</summary>
    public const byte AddRecipientWithArguments = (byte)'2';

    /// <summary>SMFIR_DELRCPT: take a recipient away.</summary>
    public const byte DeleteRecipient = (byte)'-';

    /// <summary>SMFIR_CHGFROM: change the envelope sender.</summary>
    public const byte ChangeSender = (byte)'e';

    /// <summary>SMFIR_QUARANTINE: keep the message in the hold queue.</summary>
    public const byte Quarantine = (byte)'q';

    /// <summary>The protocol's name of a reply, or null when it has none.</summary>
    public static string? NameOf(byte reply) => reply switch
    {
        Continue => "SMFIR_CONTINUE",
        Accept => "SMFIR_ACCEPT",
        Reject => "SMFIR_REJECT",
        TemporaryFailure => "SMFIR_TEMPFAIL",
        Discard => "SMFIR_DISCARD",
        ReplyCode => "SMFIR_REPLYCODE",
        Progress => "SMFIR_PROGRESS",
        Skip => "SMFIR_SKIP",
        Shutdown => "SMFIR_SHUTDOWN",
        ConnectionFailure => "SMFIR_CONN_FAIL",
        AddHeader => "SMFIR_ADDHEADER",
        InsertHeader => "SMFIR_INSHEADER",
        ChangeHeader => "SMFIR_CHGHEADER",
        ReplaceBody => "SMFIR_REPLBODY",
        AddRecipient => "SMFIR_ADDRCPT",
        AddRecipientWithArguments => "SMFIR_ADDRCPT_PAR",
        DeleteRecipient => "SMFIR_DELRCPT",
        ChangeSender => "SMFIR_CHGFROM",
        Quarantine => "SMFIR_QUARANTINE",
        _ => null,
    };
}
