using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.TestSupport;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>Certificates that grew to 20 MB on key servers, or were made to be so large: what they cost grows with them and
/// no faster, and what the owner said stands.</summary>
public sealed class LargeCertificateTests
{
    private const int Length = 20_000_000;

    // In processor time, of which a busy machine takes no more: some twenty times what it was when this was written.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    // Each octet is copied some times, once as text of two characters; a small packet becomes some objects.
    private const long MostAllocated = 40L * Length;

    private readonly ForgedCertificate _bob = Usual();
    private readonly byte[] _honest;

    public LargeCertificateTests() => _honest = _bob.Octets;

    [Theory]
    [InlineData("signatures by others", "usable")]
    [InlineData("bad signatures", "usable")]
    [InlineData("bad bindings", "usable")]
    [InlineData("revocations by others", "usable")]
    [InlineData("bad revocations", "more than 200 revocations")]
    [InlineData("user IDs", "more than 200 user IDs")]
    [InlineData("subkeys", "more than 100 subkeys")]
    [InlineData("pictures", "usable")]
    [InlineData("copies", "more than 100 copies of one certificate")]
    [InlineData("copies with a signature", "more than 100 copies of one certificate")]
    [InlineData("all of it", "usable")]
    public void ACertificateOf20MegabytesIsReadAndJudgedWithinBounds(string of, string expected)
    {
        byte[] input = [.. _honest, .. Flood(of, Length)];
        string verdict = "";
        long allocated = 0;

        var taken = ProcessorTime.Of(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            verdict = Verdict(input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(expected, verdict);
        Assert.InRange(taken, TimeSpan.Zero, Long);
        Assert.InRange(allocated, 0, MostAllocated);
    }

    [Theory]
    [InlineData("signatures by others")]
    [InlineData("bad signatures")]
    [InlineData("user IDs")]
    [InlineData("subkeys")]
    [InlineData("copies with a signature")]
    public void TwiceTheOctetsCostTwiceTheMemory(string of) => Work.GrowsWithItsInput(1_000_000, length =>
    {
        byte[] input = [.. _honest, .. Flood(of, length)];
        return () => Verdict(input);
    });

    private static string Verdict(byte[] input) => Assert.Single(Certificate.ReadAll(input, CertificateLimits.Default)) switch
    {
        CertificateReading.Readable(var certificate) => ForgedCertificate.Verdict(certificate.At(Day("2024-06-01"), AlgorithmPolicy.Default)),
        CertificateReading.Rejected(_, var reason, _) => reason,
        _ => throw new InvalidOperationException("A third kind of reading."),
    };

    private byte[] Flood(string of, int length)
    {
        byte[] self = SelfSignature(Made).By(_bob.Primary, _bob.Primary.Hashed);
        byte[] key = ForgedKey.Ecdh(Made).Body;
        var carol = ForgedKey.Ecdsa(Made);
        byte[] others = new ForgedSignature(SignatureType.GenericCertification, Made).By(carol, _bob.Primary.Hashed);
        var flood = new List<byte>(length + 100_000);
        for (int i = 0; flood.Count < length; i++)
        {
            string what = of == "all of it" ? (i % 4) switch { 0 => "signatures by others", 1 => "bad signatures", 2 => "revocations by others", _ => "pictures" } : of;
            Add(what, i);
        }

        return [.. flood];

        void Add(string what, int i)
        {
            switch (what)
            {
                case "signatures by others":
                    Append(PacketTag.Signature, Numbered(others, i));
                    break;
                case "bad signatures":
                    Append(PacketTag.Signature, Numbered(OfType(self, SignatureType.DirectKey), i));
                    break;
                case "bad bindings":
                    Append(PacketTag.Signature, Numbered(OfType(self, SignatureType.SubkeyBinding), i));
                    break;
                case "revocations by others":
                    Append(PacketTag.Signature, Numbered(OfType(others, SignatureType.KeyRevocation), i));
                    break;
                case "bad revocations":
                    Append(PacketTag.Signature, Numbered(OfType(self, SignatureType.KeyRevocation), i));
                    break;
                case "user IDs":
                    Append(PacketTag.UserId, System.Text.Encoding.ASCII.GetBytes($"Somebody <u{i}@example.org>"));
                    break;
                case "subkeys":
                    Append(PacketTag.PublicSubkey, [.. key[..3], (byte)(i >> 8), (byte)i, .. key[5..]]);
                    break;
                case "pictures":
                    Append(PacketTag.UserAttribute, new byte[5000]);
                    break;
                case "copies":
                    Append(PacketTag.PublicKey, _bob.Primary.Body);
                    break;
                default:
                    Append(PacketTag.PublicKey, _bob.Primary.Body);
                    Append(PacketTag.Signature, Numbered(OfType(self, SignatureType.DirectKey), i));
                    break;
            }
        }

        void Append(PacketTag tag, byte[] body)
        {
            flood.AddRange([(byte)(0xC0 | (int)tag), 0xFF, 0, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length]);
            flood.AddRange(body);
        }
    }

    private static byte[] OfType(byte[] body, SignatureType type) => [body[0], (byte)type, .. body[2..]];

    // Each is another signature, and none of them is good.
    private static byte[] Numbered(byte[] body, int number)
    {
        byte[] copy = [.. body];
        (copy[^1], copy[^2], copy[^3]) = ((byte)number, (byte)(number >> 8), (byte)(copy[^3] ^ 1 ^ (number >> 16)));
        return copy;
    }
}
