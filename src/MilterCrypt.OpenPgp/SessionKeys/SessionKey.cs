using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>The key of one message. Owned by the encryptor, cleared with it; pinned, so that no copy is left behind.</summary>
internal sealed class SessionKey : IDisposable
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

    /// <summary>The version of the packets that carry it: 3 with version 1 of the encrypted data, 6 with version 2.</summary>
    internal int PacketVersion { get; }

    /// <summary>What it is a key of.</summary>
    internal SymmetricAlgorithm Cipher { get; }

    internal ReadOnlySpan<byte> Octets => octets;

    /// <summary>The octets that <see cref="WriteChecksummed"/> writes.</summary>
    internal int ChecksummedLength => octets.Length + (NamesCipher ? 3 : 2);

    /// <summary>Whether its packets name the cipher beside the key: version 3 does, version 6 leaves that to the encrypted
    /// data (RFC 9580 §5.1.1, §5.1.2).</summary>
    internal bool NamesCipher => PacketVersion == 3;

    /// <summary>Makes the key.</summary>
    internal void Fill(RandomNumberGenerator random) => random.GetBytes(octets);

    /// <summary>Writes the key as RSA and ECDH carry it (RFC 9580 §5.1.3, §5.1.5): the cipher where the packet's version
    /// wants it, the key, the sum of its octets.</summary>
    internal void WriteChecksummed(Span<byte> destination)
    {
        if (NamesCipher)
        {
            destination[0] = (byte)Cipher;
            destination = destination[1..];
        }

        octets.CopyTo(destination);
        int sum = 0;
        foreach (byte octet in octets)
            sum += octet;
        BinaryPrimitives.WriteUInt16BigEndian(destination[octets.Length..], (ushort)sum);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(octets);
}
