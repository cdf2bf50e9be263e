using System.Buffers.Binary;
using System.Text;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>What certificates say of themselves, as subpackets (RFC 9580 §5.2.3). What would be harmful to overlook is
/// critical.</summary>
internal static class OwnStatements
{
    private const byte SeipdV1 = 0x01;
    private const byte SeipdV2 = 0x08;

    /// <summary>What a key may be used for.</summary>
    public static Subpacket Usage(KeyUsage usage) => Critical(SubpacketType.KeyFlags, (byte)usage);

    /// <summary>When a key ends.</summary>
    /// <param name="key">The key.</param>
    /// <param name="end">After its creation: whole seconds, 136 years later at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">The end is not such a time.</exception>
    public static Subpacket Expiry(PublicKey key, DateTimeOffset end)
    {
        long seconds = (end - key.CreatedAt).Ticks / TimeSpan.TicksPerSecond;
        if (seconds is <= 0 or > uint.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(end), end, "A key ends after its creation, and no more than 136 years later.");
        byte[] content = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(content, (uint)seconds);
        return Critical(SubpacketType.KeyExpirationTime, content);
    }

    /// <summary>What its owner's software reads, best first: what this library reads and everybody should use.</summary>
    /// <param name="version">The key's version: who makes version 6 keys reads version 2 of encrypted data.</param>
    public static IEnumerable<Subpacket> Preferences(int version)
    {
        yield return Plain(SubpacketType.PreferredSymmetricCiphers, (byte)SymmetricAlgorithm.Aes256, (byte)SymmetricAlgorithm.Aes128);
        yield return Plain(
            SubpacketType.PreferredHashAlgorithms,
            (byte)HashAlgorithm.Sha512, (byte)HashAlgorithm.Sha384, (byte)HashAlgorithm.Sha256);

        // Compression is slow and tells lengths.
        yield return Plain(
            SubpacketType.PreferredCompressionAlgorithms,
            (byte)CompressionAlgorithm.Uncompressed, (byte)CompressionAlgorithm.Zlib, (byte)CompressionAlgorithm.Zip);
        yield return Plain(SubpacketType.Features, (byte)(version >= 6 ? SeipdV1 | SeipdV2 : SeipdV1));
        if (version >= 6)
        {
            yield return Plain(
                SubpacketType.PreferredAeadCiphersuites,
                (byte)SymmetricAlgorithm.Aes256, (byte)AeadAlgorithm.Ocb, (byte)SymmetricAlgorithm.Aes128, (byte)AeadAlgorithm.Ocb);
        }
    }

    /// <summary>The user ID that its owner prefers.</summary>
    public static Subpacket PrimaryUserId() => Plain(SubpacketType.PrimaryUserId, 1);

    /// <summary>A signing subkey's own word that it belongs to the primary key.</summary>
    public static Subpacket BackSignature(Signature signature) => Plain(SubpacketType.EmbeddedSignature, signature.Body.ToArray());

    /// <summary>Why something is revoked.</summary>
    public static Subpacket Reason(RevocationReason reason, string text) =>
        Plain(SubpacketType.ReasonForRevocation, [(byte)reason, .. Encoding.UTF8.GetBytes(text)]);

    private static Subpacket Plain(SubpacketType type, params byte[] content) => new(type, IsCritical: false, content);

    private static Subpacket Critical(SubpacketType type, params byte[] content) => new(type, IsCritical: true, content);
}
