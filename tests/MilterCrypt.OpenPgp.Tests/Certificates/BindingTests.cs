using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

public sealed class BindingTests
{
    [Fact]
    public void ASubkeyWithoutABindingIsNotUsed()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made)).Subkey(ForgedKey.Ecdh(Made));

        Assert.Equal("no valid self-signature", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ASubkeyGraftedOnFromElsewhereIsNotUsed()
    {
        var mallory = ForgedKey.Ecdsa(Made);
        var subkey = ForgedKey.Ecdh(Made);
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made)).Subkey(subkey);
        forged.Packet(PacketTag.Signature, Binding(Made).By(mallory, mallory.Hashed, subkey.Hashed));
        forged.Packet(PacketTag.Signature, Binding(Made).By(forged.Primary, forged.Primary.Hashed, ForgedKey.Ecdh(Made).Hashed));

        Assert.Equal("no valid self-signature", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ABindingThatClaimsTheOwnersKeyIdButIsAnothersIsNotBelieved()
    {
        // The issuer subpackets name the owner; the signature itself is Mallory's.
        var mallory = ForgedKey.Ecdsa(Made);
        var subkey = ForgedKey.Ecdh(Made);
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made)).Subkey(subkey);
        byte[] body = Binding(Made).By(mallory, forged.Primary.Hashed, subkey.Hashed);
        int place = body.AsSpan().IndexOf(mallory.Fingerprint);
        forged.Primary.Fingerprint.CopyTo(body, place);
        forged.Packet(PacketTag.Signature, body);

        Assert.Equal(0, forged.Read().DroppedPackets);
        Assert.Equal("no valid self-signature", forged.Verdict("2024-06-01"));
    }

    [Fact]
    public void ASigningSubkeyNeedsItsBackSignature()
    {
        var signing = ForgedKey.Ecdsa(Made);
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made)).UserId("bob@example.org", SelfSignature(Made));
        byte[] back = new ForgedSignature(SignatureType.PrimaryKeyBinding, Made).By(signing, forged.Primary.Hashed, signing.Hashed);
        byte[] wrong = new ForgedSignature(SignatureType.PrimaryKeyBinding, Made).By(signing, ForgedKey.Ecdsa(Made).Hashed, signing.Hashed);

        Assert.Null(ProblemOf([back]));
        Assert.Null(ProblemOf([wrong, back]));
        Assert.Equal("no valid back signature of the signing subkey", ProblemOf([wrong]));
        Assert.Equal("no valid back signature of the signing subkey", ProblemOf([]));

        string? ProblemOf(byte[][] backSignatures)
        {
            var copy = new ForgedCertificate(forged.Primary).UserId("bob@example.org", SelfSignature(Made));
            copy.Subkey(signing, Binding(Made, Sign, [.. backSignatures.Select(ForgedSignature.Embedded)]));
            return Assert.Single(copy.At("2024-06-01").Subkeys).Problem;
        }
    }

    [Fact]
    public void AnUnknownKindOfSubkeyDoesNotHarmTheOthers()
    {
        var forged = Usual();
        byte[] strange = [4, 0, 0, 0, 0, 99, 1, 2, 3];
        forged.Packet(PacketTag.PublicSubkey, strange);

        Assert.Equal("usable", forged.Verdict("2024-06-01"));
        Assert.Contains(forged.At("2024-06-01").Subkeys, subkey => subkey.Problem == "unknown algorithm 99");
    }

    /// <summary>Nothing that a stranger flips in the stored octets turns a key into a usable one that was not, moves
    /// an address, or lifts a limit.</summary>
    [Fact]
    public void NoFlippedBitMakesAnythingUsableThatWasNot()
    {
        var forged = new ForgedCertificate(ForgedKey.Ecdsa(Made));
        forged.UserId("bob@example.org", SelfSignature(Made, ForgedSignature.Seconds(9, TimeSpan.FromDays(366))));
        forged.Subkey(ForgedKey.Ecdh(Made), Binding(Made));
        byte[] octets = forged.Octets;
        var known = forged.Read();
        var honest = known.Subkeys[0].Key.Fingerprint;

        for (int bit = 0; bit < 8 * octets.Length; bit++)
        {
            byte[] flipped = [.. octets];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            foreach (var reading in Certificate.ReadAll(flipped, CertificateLimits.Default).OfType<CertificateReading.Readable>())
            {
                var view = reading.Certificate.At(Day("2024-06-01"), AlgorithmPolicy.Default);
                Assert.NotEqual("usable", Verdict(view, "eve@example.org"));
                if (view.ForEncryption() is not EncryptionVerdict.Usable usable)
                    continue;
                Assert.All(usable.Recipients, recipient => Assert.Equal(honest, recipient.Key.Fingerprint));
                Assert.Equal(Day("2025-01-01"), view.ExpiresAt);
                Assert.Equal(known.Fingerprint, reading.Certificate.Fingerprint);
            }
        }
    }
}
