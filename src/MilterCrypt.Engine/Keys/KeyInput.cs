using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>One thing that was found in a file of keys.</summary>
public abstract record KeyInput
{
    private KeyInput() { }

    /// <summary>A certificate, ready to be stored.</summary>
    public sealed record Found(Certificate Certificate, StoredCertificate Stored) : KeyInput;

    /// <summary>Something that is not taken.</summary>
    /// <param name="Fingerprint">Whose it is, where so much could be read.</param>
    /// <param name="Reason">Why, and what to do.</param>
    public sealed record NotTaken(Fingerprint? Fingerprint, string Reason) : KeyInput;

    /// <summary>Reads all keys in a file's content: armored or binary, one or a keyring.</summary>
    /// <param name="content">The content.</param>
    /// <param name="source">The file's name, for people.</param>
    /// <param name="now">When it is read.</param>
    public static IReadOnlyList<KeyInput> ReadAll(ReadOnlyMemory<byte> content, string source, DateTimeOffset now)
    {
        var readings = Certificate.ReadAll(content, CertificateLimits.Default);
        return readings.Count == 0
            ? [new NotTaken(null, "no OpenPGP data")]
            : [.. readings.Select(reading => Describe(reading, source, now))];
    }

    private static KeyInput Describe(CertificateReading reading, string source, DateTimeOffset now) => reading switch
    {
        CertificateReading.Readable readable => Take(readable.Certificate.WithoutBadSignatures(), source, now),
        // Not even its public part is taken: whoever put a secret key here must learn of it.
        CertificateReading.Rejected { IsSecretKey: true } secret => new NotTaken(
            secret.Fingerprint, $"it is a secret key, which has no business here; `gpg --export {secret.Fingerprint?.ToString() ?? "KEY"}` gives the public one"),
        CertificateReading.Rejected rejected => new NotTaken(rejected.Fingerprint, rejected.Reason),
        _ => throw new InvalidOperationException($"No input in {reading}."),
    };

    // What others appended to a certificate is not stored: it would take the room of what its owner says later, such as
    // that the key is revoked.
    private static Found Take(Certificate certificate, string source, DateTimeOffset now) =>
        new(certificate, StoredPackets.Of(certificate, source, now));
}
