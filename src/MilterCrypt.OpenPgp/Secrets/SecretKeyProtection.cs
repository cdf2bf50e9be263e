using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>How a secret is locked with a passphrase, as its packet says (RFC 9580 §5.5.3, §3.7.2.1).</summary>
/// <param name="Lock">What is used, and what shows that it was opened with the right passphrase.</param>
/// <param name="Cipher">The cipher.</param>
/// <param name="Mode">The AEAD mode, where <paramref name="Lock"/> is AEAD.</param>
/// <param name="S2k">What makes a key of the passphrase.</param>
/// <param name="Iv">The initial value, or the nonce.</param>
internal sealed record SecretKeyProtection(
    SecretKeyLock Lock, SymmetricAlgorithm Cipher, AeadAlgorithm Mode, S2k S2k, ReadOnlyMemory<byte> Iv)
{
    private const string WrongPassphrase = "wrong passphrase, or a damaged key";

    /// <summary>Octets that follow the secret and show that it was opened with the right passphrase.</summary>
    internal int CheckLength => Lock switch
    {
        SecretKeyLock.Aead => ChunkCipher.TagLength,
        SecretKeyLock.CfbWithSha1 => SHA1.HashSizeInBytes,
        _ => sizeof(ushort),
    };

    /// <summary>What AEAD authenticates beside the secret: the public key, with its packet's type as the OpenPGP format writes
    /// it.</summary>
    internal static byte[] AssociatedData(PublicKey key) => [TagOctet(key), .. key.Body.Span];

    /// <summary>What AEAD's key is made for.</summary>
    internal byte[] Info(PublicKey key) => [TagOctet(key), (byte)key.Version, (byte)Cipher, (byte)Mode];

    /// <summary>Unlocks; false, with the reason, where the passphrase is not the right one, would cost more than is allowed,
    /// or opens what is not the public key's secret.</summary>
    /// <param name="key">Whose secret it is.</param>
    /// <param name="locked">What follows the initial value.</param>
    /// <param name="passphrase">Its octets, UTF-8.</param>
    /// <param name="limits">What making a key of it may cost.</param>
    /// <param name="material">The private key.</param>
    /// <param name="reason">Why there is none.</param>
    internal bool TryUnlock(
        PublicKey key, ReadOnlySpan<byte> locked, ReadOnlySpan<byte> passphrase, S2kLimits limits,
        [NotNullWhen(true)] out SecretMaterial? material, [NotNullWhen(false)] out string? reason)
    {
        material = null;
        Span<byte> derived = stackalloc byte[SymmetricAlgorithmFacts.MaxKeyLength];
        derived = derived[..Cipher.KeyLength()];
        byte[] opened = GC.AllocateArray<byte>(locked.Length, pinned: true);
        try
        {
            if (!S2k.TryDerive(passphrase, limits, derived, out reason))
                return false;

            locked.CopyTo(opened);
            reason = WrongPassphrase;
            return Open(key, derived, opened, ref reason)
                && SecretMaterialReader.TryRead(key, opened.AsMemory()[..^CheckLength], out material, out reason);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    private static byte TagOctet(PublicKey key) => PacketWriter.TagOctet(key.IsSubkey ? PacketTag.SecretSubkey : PacketTag.SecretKey);

    private bool Open(PublicKey key, ReadOnlySpan<byte> derived, Span<byte> data, ref string reason)
    {
        if (data.Length < CheckLength)
            return false;
        if (Lock == SecretKeyLock.Aead)
            return OpenAead(key, derived, data, ref reason);

        if (!LockCipher.TryDecryptCfb(Cipher, derived, Iv.Span, data))
        {
            reason = $"this system has no cipher {(int)Cipher}";
            return false;
        }

        Span<byte> expected = stackalloc byte[SHA1.HashSizeInBytes];
        expected = expected[..CheckLength];
        if (Lock == SecretKeyLock.CfbWithSha1)
            SHA1.HashData(data[..^CheckLength], expected);
        else
            BinaryPrimitives.WriteUInt16BigEndian(expected, OctetSum.Of(data[..^CheckLength]));
        return CryptographicOperations.FixedTimeEquals(expected, data[^CheckLength..]);
    }

    private bool OpenAead(PublicKey key, ReadOnlySpan<byte> derived, Span<byte> data, ref string reason)
    {
        bool? opened = LockCipher.TryDecryptAead(Mode, Cipher, derived, Info(key), Iv.Span, AssociatedData(key), data);
        if (opened is null)
            reason = $"this system has no cipher {(int)Cipher} in mode {(int)Mode}";
        return opened == true;
    }
}
