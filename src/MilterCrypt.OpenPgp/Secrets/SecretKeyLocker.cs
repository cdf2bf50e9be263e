using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Locks secrets with a passphrase (RFC 9580 §5.5.3): version 6 keys with AES-256 in OCB under Argon2, the best that
/// there is; version 4 keys with AES-256 in CFB under an iterated hash, which is all that GnuPG reads.</summary>
internal static class SecretKeyLocker
{
    private const SymmetricAlgorithm Cipher = SymmetricAlgorithm.Aes256;
    private const AeadAlgorithm Mode = AeadAlgorithm.Ocb;

    /// <summary>Locks a secret; false, with the reason, where this system can't make a key of a passphrase.</summary>
    /// <param name="key">Whose secret it is.</param>
    /// <param name="numbers">The secret, as its packet has it; cleared by the caller.</param>
    /// <param name="passphrase">Its octets, UTF-8.</param>
    /// <param name="random">Makes salt and initial value.</param>
    /// <param name="locked">The locked secret.</param>
    /// <param name="reason">Why there is none.</param>
    internal static bool TryLock(
        PublicKey key, ReadOnlySpan<byte> numbers, ReadOnlySpan<byte> passphrase, RandomNumberGenerator random,
        [NotNullWhen(true)] out LockedSecret? locked, [NotNullWhen(false)] out string? reason)
    {
        locked = null;
        bool isNew = key.Version >= 6;
        S2k s2k = isNew ? Argon2S2k.Make(random) : HashedS2k.Make(random);
        byte[] iv = new byte[isNew ? Mode.NonceLength() : Cipher.BlockLength()];
        random.GetBytes(iv);
        var protection = new SecretKeyProtection(
            isNew ? SecretKeyLock.Aead : SecretKeyLock.CfbWithSha1, Cipher, isNew ? Mode : default, s2k, iv);

        Span<byte> derived = stackalloc byte[Cipher.KeyLength()];
        try
        {
            if (!s2k.TryDerive(passphrase, S2kLimits.Default, derived, out reason))
                return false;

            var output = new ArrayBufferWriter<byte>(numbers.Length + 128);
            WriteFields(output, protection);
            int start = output.WrittenCount;
            output.Write(Encrypt(key, protection, derived, numbers));
            locked = new LockedSecret(protection, output.WrittenMemory, start);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static void WriteFields(ArrayBufferWriter<byte> output, SecretKeyProtection protection)
    {
        int s2kLength = protection.S2k.Length;
        if (protection.Lock == SecretKeyLock.Aead)
            output.WriteOctets(253, (byte)(3 + s2kLength + protection.Iv.Length), (byte)Cipher, (byte)Mode, (byte)s2kLength);
        else
            output.WriteOctets(254, (byte)Cipher);
        protection.S2k.Write(output);
        output.Write(protection.Iv.Span);
    }

    private static byte[] Encrypt(PublicKey key, SecretKeyProtection protection, ReadOnlySpan<byte> derived, ReadOnlySpan<byte> numbers)
    {
        byte[] encrypted = GC.AllocateArray<byte>(numbers.Length + protection.CheckLength, pinned: true);
        numbers.CopyTo(encrypted);
        if (protection.Lock == SecretKeyLock.Aead)
        {
            LockCipher.EncryptAead(
                Mode, Cipher, derived, protection.Info(key), protection.Iv.Span, SecretKeyProtection.AssociatedData(key), encrypted);
        }
        else
        {
            SHA1.HashData(numbers, encrypted.AsSpan(numbers.Length));
            LockCipher.EncryptCfb(Cipher, derived, protection.Iv.Span, encrypted);
        }

        return encrypted;
    }
}
