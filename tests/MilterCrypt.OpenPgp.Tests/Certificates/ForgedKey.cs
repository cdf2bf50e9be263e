using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>A key pair of a test's own making, version 4, written by the tests' own understanding of RFC 9580.</summary>
public sealed class ForgedKey
{
    private readonly Func<byte[], HashAlgorithmName, byte[]> _sign;

    private ForgedKey(byte[] body, Func<byte[], HashAlgorithmName, byte[]> sign)
    {
        Body = body;
        _sign = sign;
    }

    public byte[] Body { get; }

    public PublicKeyAlgorithm Algorithm => (PublicKeyAlgorithm)Body[5];

    public byte[] Hashed => [0x99, (byte)(Body.Length >> 8), (byte)Body.Length, .. Body];

    public byte[] Fingerprint => SHA1.HashData(Hashed);

    /// <summary>A key on P-256 that signs.</summary>
    public static ForgedKey Ecdsa(DateTimeOffset created)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] body = [.. Header(created, PublicKeyAlgorithm.Ecdsa), .. Point(key.ExportParameters(false).Q)];
        return new ForgedKey(body, (data, hash) => Pair(key.SignData(data, hash)));
    }

    /// <summary>A key on P-384 that signs.</summary>
    public static ForgedKey EcdsaP384(DateTimeOffset created)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var q = key.ExportParameters(false).Q;
        byte[] body = [.. Header(created, PublicKeyAlgorithm.Ecdsa), 5, 0x2B, 0x81, 0x04, 0x00, 0x22, .. Number([4, .. q.X!, .. q.Y!])];
        return new ForgedKey(body, (data, hash) => Pair(key.SignData(data, hash)));
    }

    /// <summary>A key on P-256 that decrypts.</summary>
    public static ForgedKey Ecdh(DateTimeOffset created)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] body = [.. Header(created, PublicKeyAlgorithm.Ecdh), .. Point(key.ExportParameters(false).Q), 3, 1, 8, 7];
        return new ForgedKey(body, (_, _) => throw new InvalidOperationException("an ECDH key does not sign"));
    }

    /// <summary>An RSA key that does both.</summary>
    public static ForgedKey Rsa(DateTimeOffset created, int bits)
    {
        var key = RSA.Create(bits);
        var numbers = key.ExportParameters(false);
        byte[] body = [.. Header(created, PublicKeyAlgorithm.Rsa), .. Number(numbers.Modulus!), .. Number(numbers.Exponent!)];
        return new ForgedKey(body, (data, hash) => Number(key.SignData(data, hash, RSASignaturePadding.Pkcs1)));
    }

    public byte[] Sign(byte[] data, HashAlgorithmName hash) => _sign(data, hash);

    private static byte[] Header(DateTimeOffset created, PublicKeyAlgorithm algorithm)
    {
        byte[] header = [4, 0, 0, 0, 0, (byte)algorithm];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(1), (uint)created.ToUnixTimeSeconds());
        return header;
    }

    private static byte[] Point(ECPoint q) => [8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, .. Number([4, .. q.X!, .. q.Y!])];

    private static byte[] Pair(byte[] signature) => [.. Number(signature[..(signature.Length / 2)]), .. Number(signature[(signature.Length / 2)..])];

    private static byte[] Number(byte[] octets)
    {
        byte[] trimmed = octets.AsSpan().TrimStart((byte)0).ToArray();
        int bits = Mpi.BitLength(trimmed);
        return [(byte)(bits >> 8), (byte)bits, .. trimmed];
    }
}
