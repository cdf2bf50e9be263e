using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Signatures;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>What a test's own signature says: subpackets are raw, so that a test can say anything.</summary>
public sealed record ForgedSignature(SignatureType Type, DateTimeOffset CreatedAt)
{
    public HashAlgorithm Hash { get; init; } = HashAlgorithm.Sha256;

    public byte[][] Hashed { get; init; } = [];

    public byte[][] Unhashed { get; init; } = [];

    public bool NamesIssuer { get; init; } = true;

    public static byte[] Subpacket(int type, params byte[] content) => [(byte)(content.Length + 1), (byte)type, .. content];

    public static byte[] Seconds(int type, TimeSpan span)
    {
        byte[] content = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(content, (uint)span.TotalSeconds);
        return Subpacket(type, content);
    }

    public static byte[] Embedded(byte[] signatureBody) =>
        [255, .. BigEndian(signatureBody.Length + 1), 32, .. signatureBody];

    public static byte[] Reason(RevocationReason reason, string text = "") => Subpacket(29, [(byte)reason, .. Encoding.UTF8.GetBytes(text)]);

    /// <summary>The packet's body.</summary>
    public byte[] By(ForgedKey issuer, params byte[][] subject)
    {
        byte[] created = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(created, (uint)CreatedAt.ToUnixTimeSeconds());
        byte[] named = NamesIssuer ? Subpacket(33, [4, .. issuer.Fingerprint]) : [];
        byte[] hashed = [.. Subpacket(2, created), .. named, .. Hashed.SelectMany(part => part)];
        byte[] start = [4, (byte)Type, (byte)issuer.Algorithm, (byte)Hash, (byte)(hashed.Length >> 8), (byte)hashed.Length, .. hashed];
        byte[] data = [.. subject.SelectMany(part => part), .. start, 4, 0xFF, .. BigEndian(start.Length)];
        byte[] unhashed = [.. Unhashed.SelectMany(part => part)];
        var name = Hash switch
        {
            HashAlgorithm.Sha1 => HashAlgorithmName.SHA1,
            HashAlgorithm.Md5 => HashAlgorithmName.MD5,
            HashAlgorithm.Sha512 => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        byte[] digest = CryptographicOperations.HashData(name, data);
        return
        [
            .. start, (byte)(unhashed.Length >> 8), (byte)unhashed.Length, .. unhashed, digest[0], digest[1],
            .. issuer.Sign(data, name),
        ];
    }

    private static byte[] BigEndian(int number)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, number);
        return octets;
    }
}
