using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>Writes symmetric-key encrypted session key packets (RFC 9580 §5.3): version 4 before version 1 of the encrypted
/// data and version 6 before version 2. The session key is always encrypted under the passphrase's, so that several
/// passphrases and keys can open one message.</summary>
internal static class PassphraseSessionKeyPacket
{
    private const SymmetricAlgorithm Cipher = SymmetricAlgorithm.Aes256;
    private const AeadAlgorithm Mode = AeadAlgorithm.Ocb;

    /// <summary>Writes the packet for one passphrase; false, with the reason, where this system can't make a key of it.</summary>
    /// <param name="output">Receives the packet.</param>
    /// <param name="session">What is encrypted.</param>
    /// <param name="passphrase">Its octets, UTF-8; the caller clears them.</param>
    /// <param name="s2k">Iterated or Argon2, fresh; Argon2 in version 6.</param>
    /// <param name="random">Makes the nonce of version 6.</param>
    /// <param name="reason">Why nothing was written.</param>
    internal static bool TryWrite(
        IBufferWriter<byte> output, SessionKey session, ReadOnlySpan<byte> passphrase, S2k s2k, RandomNumberGenerator random,
        [NotNullWhen(false)] out string? reason)
    {
        Span<byte> derived = stackalloc byte[Cipher.KeyLength()];
        try
        {
            if (!s2k.TryDerive(passphrase, S2kLimits.Default, derived, out reason))
                return false;

            var body = new ArrayBufferWriter<byte>(128);
            if (session.PacketVersion == 6)
                WriteV6(body, session, s2k, derived, random);
            else
                WriteV4(body, session, s2k, derived);
            PacketWriter.Write(output, PacketTag.SymmetricKeyEncryptedSessionKey, body.WrittenSpan);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>What the key of version 6 is derived with, and what is authenticated besides (§5.3.2).</summary>
    internal static byte[] Info(SymmetricAlgorithm cipher, AeadAlgorithm mode) =>
        [PacketWriter.TagOctet(PacketTag.SymmetricKeyEncryptedSessionKey), 6, (byte)cipher, (byte)mode];

    private static void WriteV4(ArrayBufferWriter<byte> body, SessionKey session, S2k s2k, ReadOnlySpan<byte> derived)
    {
        body.WriteOctets(4, (byte)Cipher);
        s2k.Write(body);
        Span<byte> key = stackalloc byte[1 + session.Octets.Length];
        key[0] = (byte)session.Cipher;
        session.Octets.CopyTo(key[1..]);
        using var cfb = CfbEncryptor.Create(Cipher, derived)!;
        cfb.Encrypt(key, key);
        body.Write(key);
    }

    private static void WriteV6(
        ArrayBufferWriter<byte> body, SessionKey session, S2k s2k, ReadOnlySpan<byte> derived, RandomNumberGenerator random)
    {
        Span<byte> nonce = stackalloc byte[Mode.NonceLength()];
        Span<byte> encrypted = stackalloc byte[session.Octets.Length + ChunkCipher.TagLength];
        byte[] info = Info(Cipher, Mode);
        random.GetBytes(nonce);
        session.Octets.CopyTo(encrypted);
        LockCipher.EncryptAead(Mode, Cipher, derived, info, nonce, info, encrypted);

        body.WriteOctets(6, (byte)(3 + s2k.Length + nonce.Length), (byte)Cipher, (byte)Mode, (byte)s2k.Length);
        s2k.Write(body);
        body.Write(nonce);
        body.Write(encrypted);
    }
}
