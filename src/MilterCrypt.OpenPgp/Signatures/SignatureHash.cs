using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>The hash functions of signatures, by OpenPGP's numbers.</summary>
internal static class SignatureHash
{
    /// <summary>Octets of salt that a version 6 signature must have (RFC 9580 §9.5); -1 where it must not exist.</summary>
    public static int SaltLength(HashAlgorithm algorithm) => algorithm switch
    {
        HashAlgorithm.Sha224 or HashAlgorithm.Sha256 or HashAlgorithm.Sha3_256 => 16,
        HashAlgorithm.Sha384 => 24,
        HashAlgorithm.Sha512 or HashAlgorithm.Sha3_512 => 32,
        _ => -1,
    };

    /// <summary>The digest, or null where the system has no such function or its crypto policy forbids it.</summary>
    public static byte[]? Compute(HashAlgorithm algorithm, ReadOnlySpan<byte> data) => algorithm switch
    {
        // The three that nearly all signatures use, without a detour.
        HashAlgorithm.Sha256 => SHA256.HashData(data),
        HashAlgorithm.Sha384 => SHA384.HashData(data),
        HashAlgorithm.Sha512 => SHA512.HashData(data),
        _ => algorithm.Native() is { } native ? Compute(native, data) : null,
    };

    private static byte[]? Compute(DigestAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
        using var digest = EvpDigest.Begin(algorithm);
        digest?.Append(data);
        return digest?.Finish();
    }
}
