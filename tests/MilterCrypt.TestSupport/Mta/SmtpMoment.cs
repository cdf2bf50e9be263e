namespace MilterCrypt.TestSupport.Mta;

/// <summary>A moment on the lines of a tap: the <paramref name="Nth"/> step of this kind, on all lines together, counted from 1 since
/// the tap was armed.</summary>
/// <param name="FromServer">Whether it is a reply; null for any step.</param>
/// <param name="Verb">The command, or what is replied to; null for any.</param>
public sealed record SmtpMoment(bool? FromServer, string? Verb, int Nth)
{
    /// <summary>Whether the step is dropped; otherwise it is handed on.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>Whether the line is cut then; otherwise it only waits for what is done.</summary>
    public bool CutsLine { get; init; }

    /// <summary>Whether a line that is cut is reset; otherwise it ends.</summary>
    public bool IsReset { get; init; }

    /// <summary>What the client hears in the server's place. The server has nothing of the message then. To be asked for at a reply, or
    /// at the message's end, which is withheld from the server; null for what the server says.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether what is to be done is done once the step was handed on; otherwise before.</summary>
    public bool IsAfterwards { get; init; }

    /// <summary>Whose RCPT it is; null for anybody's.</summary>
    public string? Recipient { get; init; }

    internal bool Fits(SmtpStep step) => (Recipient ?? step.Recipient) == step.Recipient && (FromServer ?? step.FromServer) == step.FromServer && (Verb ?? step.Verb) == step.Verb;

    public override string ToString() =>
        $"{FromServer switch { true => "reply", false => "command", null => "step" }} {Nth}{(Verb is null ? "" : $" of {Verb}")}";
}
