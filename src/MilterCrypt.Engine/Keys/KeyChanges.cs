using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>One step of what happened to a key store: a certificate's latest state.</summary>
/// <param name="Fingerprint">Whose.</param>
/// <param name="Certificate">What it is now, or null where it was removed.</param>
public sealed record KeyChange(Fingerprint Fingerprint, StoredCertificate? Certificate);

/// <summary>A page of a key store's changes, oldest first.</summary>
/// <param name="Through">The number of the last change in it: where to go on.</param>
/// <param name="Changes">The changes; none at the end, or where all of the page are damaged.</param>
public sealed record KeyChanges(long Through, IReadOnlyList<KeyChange> Changes)
{
    /// <summary>The number of the store's last change. Never gets less, but by putting an older store in its place.</summary>
    public required long Last { get; init; }

    /// <summary>What can't be read and is left out: a line for each, for the administrator.</summary>
    public IReadOnlyList<string> Damaged { get; init; } = [];
}

/// <summary>What came of reading a store's changes.</summary>
/// <param name="Changes">How many certificates came, changed or went.</param>
/// <param name="StartedOver">Whether the store turned out to be older than what was known of it: it was read anew.</param>
/// <param name="Damaged">What can't be read and is left out: a line for each, for the administrator.</param>
public sealed record KeyUpdate(int Changes, bool StartedOver, IReadOnlyList<string> Damaged);
