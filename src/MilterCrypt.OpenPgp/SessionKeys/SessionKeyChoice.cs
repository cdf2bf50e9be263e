using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>Chooses among the session keys that packets of one message may hold, the first that is well-formed; where none
/// is, a random key comes out (implicit rejection). Neither time nor result shows which it was: whoever learned that of
/// ciphertexts of his own could decrypt others' (RFC 9580 §13.5). Owned by one opening.</summary>
internal sealed class SessionKeyChoice : IDisposable
{
    private const SymmetricAlgorithm LastCipher = SymmetricAlgorithm.Camellia256;

    private readonly byte[] chosen = GC.AllocateArray<byte>(SymmetricAlgorithmFacts.MaxKeyLength, pinned: true);
    private readonly int packetVersion;
    private readonly SymmetricAlgorithm? cipher;
    private byte chosenCipher;
    private byte chosenTry;
    private uint found;

    /// <param name="packetVersion">The version of the packets that count: 3 or 6.</param>
    /// <param name="cipher">The cipher that the encrypted data names; null where it names none.</param>
    /// <param name="random">Makes the key for failures.</param>
    internal SessionKeyChoice(int packetVersion, SymmetricAlgorithm? cipher, RandomNumberGenerator random)
    {
        if (packetVersion == 6 && cipher is null)
            throw new ArgumentNullException(nameof(cipher), "Version 6 packets leave the cipher to the encrypted data.");
        this.packetVersion = packetVersion;
        this.cipher = cipher;
        chosenCipher = (byte)(cipher ?? SymmetricAlgorithm.Aes256);
        random.GetBytes(chosen);
    }

    /// <summary>The lengths that a key can have here.</summary>
    internal ReadOnlySpan<int> KeyLengths => cipher is { } known ? new[] { known.KeyLength() } : [16, 24, 32];

    /// <summary>What stands beside a key in <see cref="OfferChecksummed"/>.</summary>
    internal int ChecksummedOverhead => packetVersion == 3 ? 3 : 2;

    /// <summary>Offers a key whose cipher was named in the open, or was not named.</summary>
    /// <param name="key">The key.</param>
    /// <param name="named">Its cipher, where the packet names one.</param>
    internal void Offer(ReadOnlySpan<byte> key, SymmetricAlgorithm? named)
    {
        if ((named ?? cipher) is { } claimed && claimed == (cipher ?? claimed) && claimed.KeyLength() == key.Length)
            Choose(ConstantTime.Yes, key, (byte)claimed);
    }

    /// <summary>Offers what <see cref="SessionKey.WriteChecksummed"/> writes.</summary>
    /// <param name="mask">Whether what was around it was right.</param>
    /// <param name="message">As long as a key and <see cref="ChecksummedOverhead"/>; its length is no secret.</param>
    internal void OfferChecksummed(uint mask, ReadOnlySpan<byte> message)
    {
        var key = message[(ChecksummedOverhead - 2)..^2];
        byte named = packetVersion == 3 ? message[0] : (byte)cipher!.Value;
        mask &= ConstantTime.Equal(OctetSum.Of(key), BinaryPrimitives.ReadUInt16BigEndian(message[^2..]));
        mask &= IsCipherOf(named, key.Length);
        Choose(mask, key, named);
    }

    /// <summary>The number of what is tried now.</summary>
    internal byte Try { private get; set; }

    /// <summary>The outcome.</summary>
    /// <param name="keys">Whose key was tried, by the number of the try; empty for passphrases.</param>
    internal SessionKey Take(IReadOnlyList<PublicKey> keys) => new(packetVersion, (SymmetricAlgorithm)chosenCipher, chosen)
    {
        OpenedBy = keys.Count > 0 ? keys[chosenTry] : null,
    };

    public void Dispose() => CryptographicOperations.ZeroMemory(chosen);

    private uint IsCipherOf(byte named, int keyLength)
    {
        uint mask = 0;
        for (var known = SymmetricAlgorithm.Idea; known <= LastCipher; known++)
        {
            if (known.KeyLength() == keyLength && known == (cipher ?? known))
                mask |= ConstantTime.Equal(named, (uint)known);
        }

        return mask;
    }

    private void Choose(uint mask, ReadOnlySpan<byte> key, byte named)
    {
        mask &= ~found;
        for (int i = 0; i < key.Length; i++)
            chosen[i] = ConstantTime.Select(mask, key[i], chosen[i]);
        chosenCipher = ConstantTime.Select(mask, named, chosenCipher);
        chosenTry = ConstantTime.Select(mask, Try, chosenTry);
        found |= mask;
    }
}
