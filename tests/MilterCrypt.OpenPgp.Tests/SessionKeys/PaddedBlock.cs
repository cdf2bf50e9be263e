using System.Numerics;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Kinds of what comes out of RSA: the right one, and what an attacker sends to learn which it was.</summary>
public enum Padding
{
    Right,
    FirstOctetWrong,
    TypeWrong,
    ZeroInThePadding,
    ZeroAtItsBegin,
    NoSeparator,
    MessageTooShort,
    MessageTooLong,
    ChecksumWrong,
    CipherUnknown,
    CipherOfAnotherLength,
    Random,
}

/// <summary>Makes PKCS#1 v1.5 blocks, right or wrong, and their ciphertexts.</summary>
internal static class PaddedBlock
{
    private const int KeyLength = 32;
    private const int MessageLength = 1 + KeyLength + 2;

    public static byte[] Make(int length, SessionKey session, Padding kind)
    {
        byte[] block = new byte[length];
        for (int i = 0; i < length; i++)
            block[i] = (byte)RandomNumberGenerator.GetInt32(1, 256);
        int separator = length - MessageLength - 1;
        block[0] = 0;
        block[1] = 2;
        block[separator] = 0;
        session.WriteChecksummed(block.AsSpan(separator + 1));
        switch (kind)
        {
            case Padding.FirstOctetWrong:
                block[0] = 1;
                break;
            case Padding.TypeWrong:
                block[1] = 1;
                break;
            case Padding.ZeroInThePadding:
                block[separator / 2] = 0;
                break;
            case Padding.ZeroAtItsBegin:
                block[2] = 0;
                break;
            case Padding.NoSeparator:
                block[separator] = 1;
                break;
            case Padding.MessageTooShort:
                block[separator] = 1;
                block[separator + 1] = 0;
                break;
            case Padding.MessageTooLong:
                block[separator] = 1;
                block[separator - 1] = 0;
                break;
            case Padding.ChecksumWrong:
                block[^1] ^= 1;
                break;
            case Padding.CipherUnknown:
                block[separator + 1] = 99;
                break;
            case Padding.CipherOfAnotherLength:
                block[separator + 1] = (byte)SymmetricAlgorithm.Aes128;
                break;
            case Padding.Random:
                RandomNumberGenerator.Fill(block.AsSpan(1));
                break;
        }

        return block;
    }

    /// <summary>The packet whose RSA number decrypts to a block.</summary>
    public static EncryptedSessionKey Encrypt(PublicKey key, byte[] block)
    {
        var rsa = (PublicKeyMaterial.Rsa)key.Material;
        var number = BigInteger.ModPow(Number(block), Number(rsa.Exponent.Span), Number(rsa.Modulus.Span));
        byte[] octets = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        int bits = Mpi.BitLength(octets);
        byte[] keyId = new byte[KeyId.Length];
        key.KeyId.CopyTo(keyId);
        return Sending.Read([3, .. keyId, (byte)PublicKeyAlgorithm.Rsa, (byte)(bits >> 8), (byte)bits, .. octets]);
    }

    private static BigInteger Number(ReadOnlySpan<byte> octets) => new(octets, isUnsigned: true, isBigEndian: true);
}
