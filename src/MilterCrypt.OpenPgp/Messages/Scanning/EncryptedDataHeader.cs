using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages.Scanning;

/// <summary>Judges the first octets of an encrypted data packet.</summary>
internal static class EncryptedDataHeader
{
    // Version, prefix of a block and two octets, modification detection code (RFC 9580 §5.13.1).
    private const int MinV1Length = 1 + 18 + 22;

    // Version, three parameters, salt, and two tags: one of a chunk at least, and the last (§5.13.2).
    private const int MinV2Length = 4 + 32 + (2 * 16);

    // LibrePGP's packet 20: version, three parameters, an IV of 15 octets at least, two tags.
    private const int MinLibrePgpLength = 4 + 15 + (2 * 16);

    private const int MaxChunkOctet = 16; // RFC 9580 §5.13.2
    private const int MaxLibrePgpChunkOctet = 56;

    /// <summary>The version of session-key packets that belongs to this packet; 0 where its form is unknown.</summary>
    internal static int SessionKeyVersion(bool isLibrePgp, ReadOnlySpan<byte> head, long length) => head switch
    {
        [1, var cipher, var mode, var chunk, ..] when isLibrePgp =>
            length >= MinLibrePgpLength && IsKnown(cipher, mode) && chunk <= MaxLibrePgpChunkOctet ? 3 : 0,
        _ when isLibrePgp => 0,
        [1, ..] => length >= MinV1Length ? 3 : 0,
        [2, var cipher, var mode, var chunk, ..] =>
            length >= MinV2Length && IsKnown(cipher, mode) && chunk <= MaxChunkOctet ? 6 : 0,
        _ => 0,
    };

    // AEAD needs ciphers of 128-bit blocks.
    private static bool IsKnown(byte cipher, byte mode) =>
        (SymmetricAlgorithm)cipher is >= SymmetricAlgorithm.Aes128 and <= SymmetricAlgorithm.Camellia256
        && (AeadAlgorithm)mode is >= AeadAlgorithm.Eax and <= AeadAlgorithm.Gcm;
}
