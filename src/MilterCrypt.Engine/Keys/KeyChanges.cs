using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>One step of what happened to a key store: a certificate's latest state.</summary>
/// <param name="Fingerprint">Whose.</param>
/// <param name="Certificate">What it is now, or null where it was removed.</param>
public sealed record KeyChange(Fingerprint Fingerprint, StoredCertificate? Certificate);

/// <summary>A page of a key store's changes, oldest first.</summary>
/// <param name="Through">The number of the last change in it: where to go on.</param>
/// <param name="Changes">The changes; empty at the end.</param>
public sealed record KeyChanges(long Through, IReadOnlyList<KeyChange> Changes);
