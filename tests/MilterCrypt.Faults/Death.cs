namespace MilterCrypt.Faults;

/// <summary>What a daemon that has ended left behind of a message that it had handed over.</summary>
/// <param name="WasKilled">Whether it was killed; otherwise it ended by itself.</param>
/// <param name="WasWritten">Whether the journal has it that the mail server took it.</param>
public sealed record Death(bool WasKilled, bool WasWritten);
