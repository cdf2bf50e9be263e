using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport.Peers;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>Whole inputs with each bit changed: what still counts is what it was.</summary>
public sealed class BitFlipTests
{
    public static TheoryData<string> Owners => [.. Signer.Keys];

    [Theory]
    [MemberData(nameof(Owners))]
    public void ASignedAndEncryptedMessageWithAnyBitChangedIsItselfOrNothing(string owner)
    {
        using var secret = Signer.Read(owner);
        foreach (int form in (int[])[1, 2, 20])
        {
            byte[] message = Honest.To(secret, form, Honest.Signed(secret));
            Assert.True(Assert.Single(Honest.Read(message, secret).Content.Signatures).IsGood);

            // A private-key operation for each bit of the session key's packet: with RSA that takes milliseconds, so there some
            // bits have to do. Behind it, the session key is what it was.
            int keyEnd = 8 * (message.Length - Honest.Packets(message)[1].Body.Length), proven = 0;
            int stride = secret.DecryptionKeys[0].PublicKey.Algorithm == PublicKeyAlgorithm.Rsa ? 41 : 1;
            for (int bit = 0; bit < 8 * message.Length; bit += bit < keyEnd ? stride : 1)
            {
                byte[] flipped = Flipped(message, bit);
                var read = bit < keyEnd
                    ? Honest.Read(flipped, secret)
                    : Messages.Reading.Reading.Message(flipped, Honest.KeyFor, signers: secret.Certificate);
                Honest.HoldsTrue(read);
                if (!read.IsProven)
                    continue;
                proven++;
                Assert.True(Assert.Single(read.Content.Signatures).IsGood);
            }

            // The key ID is a hint, and the packet's version has an older number; a bit of an X25519 point is none.
            Assert.InRange(proven, 0, 3);
        }
    }

    [Theory]
    [MemberData(nameof(Owners))]
    public void ASignedMessageWithAnyBitChangedIsNotGoodOverOtherText(string owner)
    {
        using var secret = Signer.Read(owner);
        foreach (byte[] message in (byte[][])[Honest.Signed(secret), Honest.SignedBefore(secret)])
        {
            for (int bit = 0; bit < 8 * message.Length; bit++)
                Honest.HoldsTrue(Messages.Reading.Reading.Message(Flipped(message, bit), signers: secret.Certificate));
        }
    }

    [Theory]
    [MemberData(nameof(Owners))]
    public void ADetachedSignatureIsGoodForItsDataAlone(string owner)
    {
        using var secret = Signer.Read(owner);
        byte[] signature = Signer.Sign(SignatureForm.Detached, Honest.Text, new SigningOptions { Armor = false }, secret.SigningKey());
        Assert.Equal([SignatureStatus.Good], Verdicts(signature, Honest.Text));

        for (int bit = 0; bit < 8 * Honest.Text.Length; bit++)
            Assert.Equal([SignatureStatus.Bad], Verdicts(signature, Flipped(Honest.Text, bit)));

        // What is not signed of a signature, such as the hint whose it is, may change.
        int good = 0;
        for (int bit = 0; bit < 8 * signature.Length; bit++)
            good += Verdicts(Flipped(signature, bit), Honest.Text).Count(status => status == SignatureStatus.Good);
        Assert.InRange(good, 0, 8 * 12);

        SignatureStatus[] Verdicts(byte[] block, byte[] data)
        {
            if (!DetachedVerifier.TryCreate(block, out var verifier, out _))
                return [];
            using (verifier)
            {
                verifier.Write(data);
                return [.. verifier.Judge([secret.Certificate], DateTimeOffset.UtcNow, AlgorithmPolicy.Default).Select(verdict => verdict.Status)];
            }
        }
    }

    [Theory]
    [InlineData("v4-ed25519-x25519")]
    [InlineData("v6-25519-annex-a-4")]
    public void ACleartextMessageIsGoodForItsTextAlone(string owner)
    {
        using var secret = Signer.Read(owner);
        byte[] message = Signer.Sign(SignatureForm.Cleartext, Honest.Text, new SigningOptions(), secret.SigningKey());
        int good = 0;
        for (int bit = 0; bit < 8 * message.Length; bit++)
        {
            if (!CleartextMessage.TryRead(Flipped(message, bit), out var read, out _))
                continue;
            using (read)
            {
                if (!read.Judge([secret.Certificate], DateTimeOffset.UtcNow, AlgorithmPolicy.Default).Any(verdict => verdict.IsGood))
                    continue;
                good++;
                Assert.Equal(Honest.Text.AsMemory(..^2), read.Text);
            }
        }

        Assert.InRange(good, 1, message.Length);
    }

    [Theory]
    [MemberData(nameof(Owners))]
    public void ACertificateWithAnyBitChangedGivesNothingThatItsOwnerDidNot(string owner)
    {
        using var secret = Signer.Read(owner);
        AssertHarmless(secret.Certificate, owner.Contains("25519", StringComparison.Ordinal) ? 1 : 5);
    }

    [Fact]
    public void ACertificateWithARevocationAndAnyBitChangedIsNotAnothers()
    {
        var forged = Usual();
        forged.Subkey(ForgedKey.Ecdh(Made), Binding(Made), new ForgedSignature(SignatureType.SubkeyRevocation, Made));

        AssertHarmless(forged.Read(), stride: 3);
    }

    // Each bit, or where verifying takes long, one in so many.
    private static void AssertHarmless(Certificate honest, int stride)
    {
        byte[] octets = honest.ToArray();
        for (int bit = 0; bit < 8 * octets.Length; bit += stride)
        {
            foreach (var reading in Certificate.ReadAll(Flipped(octets, bit), CertificateLimits.Default).OfType<CertificateReading.Readable>())
                Harmless.Assert(reading.Certificate, honest);
        }
    }

    private static byte[] Flipped(byte[] octets, int bit)
    {
        byte[] flipped = [.. octets];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
