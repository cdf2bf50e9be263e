namespace MilterCrypt.Configuration;

/// <summary>What else a configuration has, upon which entries of its policy stand.</summary>
/// <param name="HasSecretKeys">Whether there is anybody who has secret keys.</param>
/// <param name="HasLocalDomains">Whether it is said which recipients are here, so that mail has a direction.</param>
/// <param name="CanHold">Whether there is a place where messages are held.</param>
/// <param name="HasTwoHops">Whether the filter is asked before the queue and behind it, so that forms are made only there.</param>
internal sealed record PolicyGround(bool HasSecretKeys, bool HasLocalDomains, bool CanHold, bool HasTwoHops);
