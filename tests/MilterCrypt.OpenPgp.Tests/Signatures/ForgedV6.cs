using System.Buffers.Binary;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Certificates;

namespace MilterCrypt.OpenPgp.Tests.Signatures;

/// <summary>A certificate of version 6 on P-256, and signatures by it, right or wrong.</summary>
internal sealed class ForgedV6
{
    private const byte DirectKey = 0x1F;
    private const byte Sha512 = 10;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _body;

    public ForgedV6(DateTimeOffset made)
    {
        var q = _key.ExportParameters(false).Q;
        byte[] material = [8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 2, 3, 4, .. q.X!, .. q.Y!];
        _body = [6, .. Number(made), (byte)PublicKeyAlgorithm.Ecdsa, .. BigEndian(material.Length), .. material];
        byte[] hashedKey = [0x9B, .. BigEndian(_body.Length), .. _body];
        Fingerprint = SHA256.HashData(hashedKey);
        byte[] self = Sign(DirectKey, made, 32, hashedKey, ForgedSignature.Subpacket(27, ForgedCertificate.Certify | ForgedCertificate.Sign));
        Certificate = ForgedCertificate.ReadOnly([0xC6, (byte)_body.Length, .. _body, 0xC2, 0xFF, .. BigEndian(self.Length), .. self]);
    }

    public byte[] Fingerprint { get; }

    public Certificate Certificate { get; }

    /// <summary>A packet's body over data, with SHA-512 and a salt of a length that may be wrong.</summary>
    public byte[] OverData(DateTimeOffset at, byte[] data, int saltLength = 32) => Sign(0, at, saltLength, data);

    /// <summary>A version 4 signature that names the key, which only makes version 6 ones.</summary>
    public byte[] OverDataInVersion4(DateTimeOffset at, byte[] data)
    {
        byte[] hashed = [.. ForgedSignature.Subpacket(2, Number(at)), .. ForgedSignature.Subpacket(33, [6, .. Fingerprint])];
        byte[] start = [4, 0, (byte)PublicKeyAlgorithm.Ecdsa, Sha512, 0, (byte)hashed.Length, .. hashed];
        byte[] digest = SHA512.HashData([.. data, .. start, 4, 0xFF, .. BigEndian(start.Length)]);
        return [.. start, 0, 0, digest[0], digest[1], .. Values(digest)];
    }

    private byte[] Sign(byte type, DateTimeOffset at, int saltLength, byte[] subject, params byte[][] more)
    {
        byte[] hashed =
        [
            .. ForgedSignature.Subpacket(2, Number(at)), .. ForgedSignature.Subpacket(33, [6, .. Fingerprint]), .. more.SelectMany(part => part),
        ];
        byte[] salt = RandomNumberGenerator.GetBytes(saltLength);
        byte[] start = [6, type, (byte)PublicKeyAlgorithm.Ecdsa, Sha512, .. BigEndian(hashed.Length), .. hashed];
        byte[] digest = SHA512.HashData([.. salt, .. subject, .. start, 6, 0xFF, .. BigEndian(start.Length)]);
        return [.. start, 0, 0, 0, 0, digest[0], digest[1], (byte)saltLength, .. salt, .. Values(digest)];
    }

    private byte[] Values(byte[] digest)
    {
        byte[] values = _key.SignHash(digest);
        return [.. Mpi(values[..32]), .. Mpi(values[32..])];
    }

    private static byte[] Mpi(byte[] octets)
    {
        byte[] trimmed = octets.AsSpan().TrimStart((byte)0).ToArray();
        int bits = OpenPgp.Packets.Mpi.BitLength(trimmed);
        return [(byte)(bits >> 8), (byte)bits, .. trimmed];
    }

    private static byte[] Number(DateTimeOffset time) => BigEndian((int)time.ToUnixTimeSeconds());

    private static byte[] BigEndian(int number)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, number);
        return octets;
    }
}
