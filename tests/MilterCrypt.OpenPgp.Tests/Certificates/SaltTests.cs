using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>The salt of version 6 signatures, whose length their hash function says (RFC 9580 §9.5).</summary>
public sealed class SaltTests
{
    private const byte Sha256 = 8;
    private const byte Sha512 = 10;

    [Theory]
    [InlineData(Sha256, 16, true)]
    [InlineData(Sha256, 0, false)]
    [InlineData(Sha256, 15, false)]
    [InlineData(Sha256, 32, false)]
    [InlineData(Sha512, 32, true)]
    [InlineData(Sha512, 16, false)]
    public void ASignatureWithASaltOfAnotherLengthDoesNotCount(byte hash, int saltLength, bool counts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] created = [0x65, 0x92, 0, 0];
        var q = key.ExportParameters(false).Q;
        byte[] material = [8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 2, 3, 4, .. q.X!, .. q.Y!];
        byte[] body = [6, .. created, (byte)PublicKeyAlgorithm.Ecdsa, .. BigEndian(material.Length), .. material];
        byte[] salt = RandomNumberGenerator.GetBytes(saltLength);

        // A direct-key signature that says nothing but its date.
        byte[] start = [6, 0x1F, (byte)PublicKeyAlgorithm.Ecdsa, hash, .. BigEndian(6), 5, 2, .. created];
        byte[] data = [.. salt, 0x9B, .. BigEndian(body.Length), .. body, .. start, 6, 0xFF, .. BigEndian(start.Length)];
        byte[] digest = hash == Sha256 ? SHA256.HashData(data) : SHA512.HashData(data);
        byte[] values = key.SignHash(digest);
        byte[] signature = [.. start, 0, 0, 0, 0, digest[0], digest[1], (byte)saltLength, .. salt, .. Number(values[..32]), .. Number(values[32..])];

        var certificate = ForgedCertificate.ReadOnly([0xC6, (byte)body.Length, .. body, 0xC2, (byte)signature.Length, .. signature]);
        string? problem = certificate.At(ForgedCertificate.Day("2025-01-01"), AlgorithmPolicy.Default).Problem;
        Assert.Equal(counts ? null : "no valid self-signature", problem);
    }

    private static byte[] BigEndian(int number)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, number);
        return octets;
    }

    private static byte[] Number(byte[] octets)
    {
        byte[] trimmed = octets.AsSpan().TrimStart((byte)0).ToArray();
        int bits = Mpi.BitLength(trimmed);
        return [(byte)(bits >> 8), (byte)bits, .. trimmed];
    }
}
