namespace MilterCrypt.Engine.Injection;

/// <summary>What became of a message that was brought to the MTA. All texts are printable ASCII, and bounded.</summary>
public abstract record InjectionResult
{
    private InjectionResult() { }

    /// <summary>The MTA has it, and will deliver or report.</summary>
    /// <param name="QueueId">What the MTA calls it, or null where it doesn't say so as Postfix and Sendmail do.</param>
    /// <param name="Text">What it said.</param>
    public sealed record Accepted(string? QueueId, string Text) : InjectionResult;

    /// <summary>The MTA doesn't want it, and has nothing of it.</summary>
    /// <param name="Code">The SMTP reply code, 4yz or 5yz.</param>
    /// <param name="EnhancedStatus">The enhanced status code, of the same class (RFC 3463).</param>
    /// <param name="Text">What it said.</param>
    /// <param name="Recipient">For which recipient; null where it concerns the message.</param>
    public sealed record Refused(int Code, string EnhancedStatus, string Text, string? Recipient) : InjectionResult
    {
        /// <summary>Whether it may be taken another time.</summary>
        public bool IsTemporary => Code < 500;
    }

    /// <summary>The MTA has nothing of it: the conversation failed before its end. It is safe to try again.</summary>
    /// <param name="Reason">What failed, for the administrator.</param>
    public sealed record Unreachable(string Reason) : InjectionResult;

    /// <summary>The MTA may have it or not: the reply to the message's end did not come (RFC 1047).</summary>
    /// <param name="Reason">What failed, for the administrator.</param>
    public sealed record Unknown(string Reason) : InjectionResult;
}
