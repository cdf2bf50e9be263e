namespace MilterCrypt.Milter.Wire;

/// <summary>What the protocol says of each command: which macros go before it, which bits leave it or its answer out.</summary>
internal static class Steps
{
    /// <summary>The stage whose macros go before a command. Postfix sends those of end of header before each field,
    /// those of end of message before each piece of the body, too.</summary>
    public static MacroStage? MacroStageOf(byte command) => command switch
    {
        MilterCommand.Connect => MacroStage.Connect,
        MilterCommand.Helo => MacroStage.Helo,
        MilterCommand.Mail => MacroStage.Mail,
        MilterCommand.Recipient => MacroStage.Recipient,
        MilterCommand.Data => MacroStage.Data,
        MilterCommand.Header or MilterCommand.EndOfHeader => MacroStage.EndOfHeader,
        MilterCommand.Body or MilterCommand.EndOfMessage => MacroStage.EndOfMessage,
        _ => null,
    };

    /// <summary>Whether a command belongs to a message that MAIL began.</summary>
    public static bool IsOfMessage(byte command) => command is MilterCommand.Recipient or MilterCommand.Data
        or MilterCommand.Header or MilterCommand.EndOfHeader or MilterCommand.Body or MilterCommand.EndOfMessage;

    /// <summary>Whether a command is not sent at all.</summary>
    public static bool IsLeftOut(byte command, Negotiation agreed) => agreed.Version < FirstVersionWith(command) || Has(agreed.Protocol, command switch
    {
        MilterCommand.Connect => MilterProtocol.NoConnect,
        MilterCommand.Helo => MilterProtocol.NoHelo,
        MilterCommand.Mail => MilterProtocol.NoMail,
        MilterCommand.Recipient => MilterProtocol.NoRecipient,
        MilterCommand.Data => MilterProtocol.NoData,
        MilterCommand.Unknown => MilterProtocol.NoUnknown,
        MilterCommand.Header => MilterProtocol.NoHeaders,
        MilterCommand.EndOfHeader => MilterProtocol.NoEndOfHeader,
        MilterCommand.Body => MilterProtocol.NoBody,
        _ => MilterProtocol.None,
    });

    /// <summary>Whether a command is sent, but not answered.</summary>
    public static bool IsSilent(byte command, MilterProtocol agreed) => Has(agreed, command switch
    {
        MilterCommand.Connect => MilterProtocol.SilentConnect,
        MilterCommand.Helo => MilterProtocol.SilentHelo,
        MilterCommand.Mail => MilterProtocol.SilentMail,
        MilterCommand.Recipient => MilterProtocol.SilentRecipient,
        MilterCommand.Data => MilterProtocol.SilentData,
        MilterCommand.Unknown => MilterProtocol.SilentUnknown,
        MilterCommand.Header => MilterProtocol.SilentHeader,
        MilterCommand.EndOfHeader => MilterProtocol.SilentEndOfHeader,
        MilterCommand.Body => MilterProtocol.SilentBody,
        _ => MilterProtocol.None,
    });

    /// <summary>Whether a reply ends the wait at end of message.</summary>
    public static bool IsVerdict(byte reply) => reply is MilterReply.Continue or MilterReply.Accept or MilterReply.Reject
        or MilterReply.TemporaryFailure or MilterReply.Discard or MilterReply.ReplyCode
        or MilterReply.Shutdown or MilterReply.ConnectionFailure;

    private static uint FirstVersionWith(byte command) => command switch
    {
        MilterCommand.Unknown => 3,
        MilterCommand.Data => 4,
        _ => 0,
    };

    private static bool Has(MilterProtocol agreed, MilterProtocol bit) => bit != MilterProtocol.None && (agreed & bit) != 0;
}
