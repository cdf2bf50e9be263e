using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Deciding;

/// <summary>What would become of a message to one recipient if policy were not only being tried.</summary>
/// <param name="Word">One word: encrypted, decrypted, unchanged, headers-only, held or refused.</param>
/// <param name="Refusal">What the sender would be told; null where nothing.</param>
/// <param name="Reason">Why, in a few words; null where the rule says all.</param>
public sealed record Forecast(string Word, SmtpRefusal? Refusal, string? Reason)
{
    /// <summary>It would be opened, as far as that is known without a secret key.</summary>
    internal static Forecast Opened { get; } = new("decrypted", null, null);

    /// <summary>Whether it would go on as it came.</summary>
    internal bool IsUnchanged => Word == "unchanged";

    internal static Forecast Of(RecipientOutcome outcome) => outcome switch
    {
        RecipientOutcome.Refused refused => new Forecast("refused", refused.Refusal, refused.Reason),
        RecipientOutcome.Accepted { Form: MessageForm.Clear } clear => new Forecast("unchanged", null, clear.Reason),
        RecipientOutcome.Accepted { Form: MessageForm.HeadersOnly } reduced => new Forecast("headers-only", null, reduced.Reason),
        RecipientOutcome.Accepted { Form: MessageForm.Held } held => new Forecast("held", null, held.Reason),
        RecipientOutcome.Accepted => new Forecast("encrypted", null, null),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };
}
