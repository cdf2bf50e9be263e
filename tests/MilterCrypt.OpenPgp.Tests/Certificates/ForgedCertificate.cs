using System.Buffers.Binary;
using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>Writes certificates packet by packet, right or wrong, as the test wants them.</summary>
public sealed class ForgedCertificate
{
    public const int Certify = 1;
    public const int Sign = 2;
    public const int Encrypt = 12;

    private readonly List<byte> _octets = [];

    public ForgedCertificate(ForgedKey primary)
    {
        Primary = primary;
        Packet(PacketTag.PublicKey, primary.Body);
    }

    public static DateTimeOffset Day(string day) =>
        DateTimeOffset.ParseExact(day, "yyyy-MM-dd", null, System.Globalization.DateTimeStyles.AssumeUniversal);

    public static DateTimeOffset Made { get; } = Day("2024-01-01");

    public ForgedKey Primary { get; }

    public byte[] Octets => [.. _octets];

    /// <summary>A certificate as anybody has one: a user ID and a subkey for encryption.</summary>
    public static ForgedCertificate Usual(string userId = "Bob <bob@example.org>", DateTimeOffset? made = null)
    {
        var created = made ?? Made;
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(created));
        forged.UserId(userId, SelfSignature(created));
        forged.Subkey(ForgedKey.Ecdh(created), Binding(created));
        return forged;
    }

    public static ForgedSignature SelfSignature(DateTimeOffset at, params byte[][] more) =>
        new(SignatureType.PositiveCertification, at) { Hashed = [ForgedSignature.Subpacket(27, Certify | Sign), .. more] };

    public static ForgedSignature Binding(DateTimeOffset at, int usage = Encrypt, params byte[][] more) =>
        new(SignatureType.SubkeyBinding, at) { Hashed = [ForgedSignature.Subpacket(27, (byte)usage), .. more] };

    public static byte[] HashedUserId(string userId)
    {
        byte[] text = Encoding.UTF8.GetBytes(userId);
        byte[] framing = [0xB4, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(framing.AsSpan(1), text.Length);
        return [.. framing, .. text];
    }

    public ForgedCertificate UserId(string userId, params ForgedSignature[] signatures)
    {
        Packet(PacketTag.UserId, Encoding.UTF8.GetBytes(userId));
        foreach (var signature in signatures)
            Packet(PacketTag.Signature, signature.By(Primary, Primary.Hashed, HashedUserId(userId)));
        return this;
    }

    public ForgedCertificate Subkey(ForgedKey key, params ForgedSignature[] signatures)
    {
        Packet(PacketTag.PublicSubkey, key.Body);
        foreach (var signature in signatures)
            Packet(PacketTag.Signature, signature.By(Primary, Primary.Hashed, key.Hashed));
        return this;
    }

    public ForgedCertificate OnKey(ForgedSignature signature) => Packet(PacketTag.Signature, signature.By(Primary, Primary.Hashed));

    public ForgedCertificate Packet(PacketTag tag, byte[] body)
    {
        _octets.Add((byte)(0xC0 | (int)tag));
        _octets.Add(0xFF);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        _octets.AddRange(length);
        _octets.AddRange(body);
        return this;
    }

    public Certificate Read() => ReadOnly(Octets);

    public static Certificate ReadOnly(byte[] octets) => Assert.IsType<CertificateReading.Readable>(
        Assert.Single(Certificate.ReadAll(octets, CertificateLimits.Default))).Certificate;

    public CertificateView At(DateTimeOffset time) => Read().At(time, AlgorithmPolicy.Default);

    public CertificateView At(string day) => At(Day(day));

    /// <summary>The reason why nothing may be encrypted to it for bob@example.org, or "usable".</summary>
    public string Verdict(string day) => Verdict(At(day));

    public static string Verdict(CertificateView view, string address = "bob@example.org") =>
        view.ForEncryption(address, candidate => candidate == address) switch
        {
            EncryptionVerdict.Unusable unusable => unusable.Reason,
            _ => "usable",
        };
}
