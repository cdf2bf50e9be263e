using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>The key of one message. Owned by the encryptor, cleared with it; pinned, so that no copy is left behind.</summary>
internal sealed class SessionKey : IDisposable
{
    private readonly byte[] octets;

    internal SessionKey(MessageAlgorithms algorithms)
    {
        Algorithms = algorithms;
        octets = GC.AllocateArray<byte>(algorithms.KeyLength, pinned: true);
    }

    internal MessageAlgorithms Algorithms { get; }

    internal ReadOnlySpan<byte> Octets => octets;

    /// <summary>The octets that <see cref="WriteChecksummed"/> writes.</summary>
    internal int ChecksummedLength => octets.Length + (NamesCipher ? 3 : 2);

    // RFC 9580 §5.1.1, §5.1.2: version 3 packets name the cipher beside the key, version 6 packets leave that to the SEIPD.
    private bool NamesCipher => Algorithms.SeipdVersion == 1;

    /// <summary>Makes the key.</summary>
    internal void Fill(RandomNumberGenerator random) => random.GetBytes(octets);

    /// <summary>Writes the key as RSA and ECDH carry it (RFC 9580 §5.1.3, §5.1.5): the cipher where the packet's version
    /// wants it, the key, the sum of its octets.</summary>
    internal void WriteChecksummed(Span<byte> destination)
    {
        if (NamesCipher)
        {
            destination[0] = (byte)Algorithms.Cipher;
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
