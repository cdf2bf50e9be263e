using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>The key of one message. Owned by whoever made or opened it, cleared by disposal; pinned, so that no copy is
/// left behind.</summary>
public sealed class SessionKey : IDisposable
{
    private readonly byte[] octets;

    /// <param name="packetVersion">The version of the packets that carry it: 3, or 6.</param>
    /// <param name="cipher">What it is a key of.</param>
    internal SessionKey(int packetVersion, SymmetricAlgorithm cipher)
    {
        PacketVersion = packetVersion;
        Cipher = cipher;
        octets = GC.AllocateArray<byte>(cipher.KeyLength(), pinned: true);
    }

    /// <param name="packetVersion">The version of the packets that carry it: 3, or 6.</param>
    /// <param name="cipher">What it is a key of.</param>
    /// <param name="octets">The key, copied; what is more than the cipher's key is left.</param>
    internal SessionKey(int packetVersion, SymmetricAlgorithm cipher, ReadOnlySpan<byte> octets)
        : this(packetVersion, cipher) => octets[..this.octets.Length].CopyTo(this.octets);

    /// <summary>The version of the packets that carry it: 3 with version 1 of the encrypted data, 6 with version 2.</summary>
    public int PacketVersion { get; }

    /// <summary>What it is a key of.</summary>
    public SymmetricAlgorithm Cipher { get; }

    /// <summary>Whose packet it came from, as far as that can be said before the message is proven; nothing to act on before.
    /// Null where it was made, or came by a passphrase.</summary>
    public PublicKey? OpenedBy { get; internal init; }

    /// <summary>The key: whoever has it reads the message. Zeros after disposal.</summary>
    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>The octets that <see cref="WriteChecksummed"/> writes.</summary>
    internal int ChecksummedLength => octets.Length + (NamesCipher ? 3 : 2);

    /// <summary>Whether its packets name the cipher beside the key: version 3 does, version 6 leaves that to the encrypted
    /// data (RFC 9580 §5.1.1, §5.1.2).</summary>
    internal bool NamesCipher => PacketVersion == 3;

    /// <summary>A session key that somebody was given, such as one that a recipient has shown to who must read this one message.</summary>
    /// <param name="packetVersion">The version of the packets that would carry it: 3, or 6.</param>
    /// <param name="cipher">What it is a key of.</param>
    /// <param name="octets">The key, copied.</param>
    /// <param name="openedBy">Whose packet it came from, where it was opened elsewhere: see <see cref="OpenedBy"/>.</param>
    /// <returns>Null where the cipher is unknown, or has keys of another length.</returns>
    public static SessionKey? Of(int packetVersion, SymmetricAlgorithm cipher, ReadOnlySpan<byte> octets, PublicKey? openedBy = null) =>
        cipher.KeyLength() == octets.Length && !octets.IsEmpty
            ? new SessionKey(packetVersion, cipher, octets) { OpenedBy = openedBy }
            : null;

    /// <summary>Clears the key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(octets);

    /// <summary>Makes the key.</summary>
    internal void Fill(RandomNumberGenerator random) => random.GetBytes(octets);

    /// <summary>Writes the key as RSA and ECDH carry it (RFC 9580 §5.1.3, §5.1.5): the cipher where the packet's version
    /// wants it, the key, the sum of its octets. <see cref="SessionKeyChoice"/> reads it.</summary>
    internal void WriteChecksummed(Span<byte> destination)
    {
        if (NamesCipher)
        {
            destination[0] = (byte)Cipher;
            destination = destination[1..];
        }

        octets.CopyTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[octets.Length..], OctetSum.Of(octets));
    }
}
