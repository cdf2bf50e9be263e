namespace MilterCrypt.TestSupport.Mta;

/// <summary>What became of one message over SMTP.</summary>
/// <param name="End">The answer to the final dot, or to DATA where that was refused; null where no recipient was taken.</param>
public sealed record SmtpOutcome(SmtpAnswer Mail, IReadOnlyList<SmtpAnswer> Recipients, SmtpAnswer? End)
{
    /// <summary>Whether the message was taken for all its recipients.</summary>
    public bool IsTakenForAll => IsTaken && Recipients.All(answer => answer.IsSuccess);

    /// <summary>Whether the message was taken for those recipients that were.</summary>
    public bool IsTaken => End is { IsSuccess: true };

    /// <summary>The last thing the server said of this message.</summary>
    public SmtpAnswer Last => End ?? (Recipients.Count > 0 ? Recipients[^1] : Mail);
}
