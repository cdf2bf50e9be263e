using System.Buffers;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Messages.Signing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;
using static MilterCrypt.OpenPgp.Tests.Signatures.DataSignature;

namespace MilterCrypt.OpenPgp.Tests.Signatures;

public sealed class InlineSignaturesTests
{
    private readonly ForgedCertificate _bob = Usual();
    private readonly ForgedCertificate _carol = Usual("Carol <carol@example.org>");

    [Fact]
    public void ASignatureThatItsOnePassPacketAnnouncedIsGood()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        using var signatures = new InlineSignatures();
        signatures.Announce(OnePass(body));
        Assert.True(signatures.AreAwaited);
        signatures.Write(Data.AsSpan(0, 5));
        signatures.Write(Data.AsSpan(5));
        signatures.AddSignature(body);

        Assert.False(signatures.AreAwaited);
        Assert.True(signatures.Issuers.Name(Fingerprint.FromBytes(_bob.Primary.Fingerprint)));
        AssertIs(SignatureStatus.Good, null, Assert.Single(Judge(signatures)));
    }

    [Fact]
    public void AnOldSignatureBeforeTheDataIsGoodToo()
    {
        using var signatures = new InlineSignatures();
        signatures.AddPrefix(Binary().OverData(_bob.Primary));
        signatures.Write(Data);

        AssertIs(SignatureStatus.Good, null, Assert.Single(Judge(signatures)));
    }

    [Fact]
    public void SeveralSignaturesStandInTheOppositeOrderOfTheirOnePassPackets()
    {
        byte[] bobs = Binary().OverData(_bob.Primary);
        byte[] carols = (new ForgedSignature(SignatureType.Text, Signed) { Hash = HashAlgorithm.Sha512 }).OverData(_carol.Primary);

        Assert.Equal(
            [SignatureStatus.Good, SignatureStatus.Good],
            Statuses([OnePass(bobs, isLast: false), OnePass(carols)], [carols, bobs]));
        Assert.Equal(
            [SignatureStatus.Malformed, SignatureStatus.Malformed],
            Statuses([OnePass(bobs, isLast: false), OnePass(carols)], [bobs, carols]));
    }

    [Fact]
    public void ASignatureOverASignedMessageIsNotTakenForOneOverTheData()
    {
        byte[] bobs = Binary().OverData(_bob.Primary);
        byte[] carols = Binary().OverData(_carol.Primary);

        Assert.Equal(
            [SignatureStatus.Good, SignatureStatus.Unsupported], Statuses([OnePass(bobs), OnePass(carols)], [carols, bobs]));
    }

    public static TheoryData<string, int, byte> Disagreements => new()
    {
        { "type", 1, 0x01 },
        { "hash", 2, 10 },
        { "algorithm", 3, 1 },
        { "issuer", 11, 0x77 },
    };

    [Theory]
    [MemberData(nameof(Disagreements))]
    public void AOnePassPacketThatSaysOtherwiseRefusesItsSignature(string what, int place, byte value)
    {
        byte[] body = Binary().OverData(_bob.Primary);
        byte[] onePass = OnePass(body);
        Assert.NotEqual(value, onePass[place]);
        onePass[place] = value;
        using var signatures = Message([onePass], [body]);

        var verdict = Assert.Single(Judge(signatures));
        Assert.True(verdict is { Status: SignatureStatus.Malformed, Problem: "its one-pass packet says otherwise" }, what);
    }

    [Fact]
    public void AOnePassPacketOfVersion6HasTheSaltOfItsSignature()
    {
        var key = new ForgedV6(Made);
        byte[] body = key.OverData(Signed, Data);
        Assert.True(Signature.TryRead(body, out var signature, out _));
        byte[] salt = signature.Salt.ToArray();

        Assert.Null(Problem([6, 0, 10, 19, 32, .. salt, .. key.Fingerprint, 1]));
        Assert.Equal("its one-pass packet says otherwise", Problem([6, 0, 10, 19, 32, .. salt.Reverse(), .. key.Fingerprint, 1]));
        Assert.Equal("its one-pass packet says otherwise", Problem([6, 0, 10, 19, 32, .. salt, .. key.Fingerprint.Reverse(), 1]));
        Assert.Equal("its one-pass packet says otherwise", Problem([3, 0, 10, 19, .. key.Fingerprint[..8], 1]));

        string? Problem(byte[] onePass)
        {
            using var signatures = Message([onePass], [body]);
            return Assert.Single(signatures.Judge([key.Certificate], Now, AlgorithmPolicy.Default)).Problem;
        }
    }

    [Fact]
    public void WhatWasAnnouncedMustBeThereAndWhatIsThereAnnounced()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        using var missing = Message([OnePass(body, isLast: false), OnePass(body)], [body]);
        using var surplus = Message([OnePass(body)], [body, body]);

        Assert.Equal([null, "announced, but not there"], Judge(missing).Select(verdict => verdict.Problem));
        Assert.Equal([null, "no one-pass packet announced it"], Judge(surplus).Select(verdict => verdict.Problem));
        Assert.Equal([SignatureStatus.Good, SignatureStatus.Malformed], Judge(surplus).Select(verdict => verdict.Status));
    }

    [Fact]
    public void MoreThanSixteenSignaturesAreRefusedTogether()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        byte[][] many = [.. Enumerable.Repeat(body, 16)];
        using var enough = Message([.. many.Select(signature => OnePass(signature, isLast: false))], many);
        using var tooMany = Message([.. many.Select(signature => OnePass(signature, isLast: false)), OnePass(body)], [.. many, body]);
        using var unannounced = Message([], [.. many, body]);

        Assert.All(Judge(enough), verdict => Assert.True(verdict.IsGood));
        Assert.Equal(16, Judge(enough).Count);
        AssertIs(SignatureStatus.Malformed, "more than 16 signatures", Assert.Single(Judge(tooMany)));
        AssertIs(SignatureStatus.Malformed, "more than 16 signatures", Assert.Single(Judge(unannounced)));
    }

    [Fact]
    public void AnUnknownVersionCostsItsOwnSignatureAndNoOther()
    {
        byte[] body = Binary().OverData(_bob.Primary);
        byte[] strange = [7, .. body[1..]];

        Assert.Equal(
            [SignatureStatus.Good, SignatureStatus.Unsupported],
            Statuses([[7, 1, 2, 3], OnePass(body)], [body, strange]));
    }

    [Fact]
    public void OnePassPacketsOfBothVersionsReadAsWritten()
    {
        var v3 = new OnePassSignature
        {
            Type = SignatureType.Text, HashAlgorithm = HashAlgorithm.Sha512, KeyAlgorithm = PublicKeyAlgorithm.Rsa,
            KeyId = new KeyId(0x0102030405060708), IsLast = true,
        };
        var fingerprint = Fingerprint.FromBytes([.. Enumerable.Range(1, 32).Select(number => (byte)number)]);
        var v6 = v3 with { Fingerprint = fingerprint, KeyId = fingerprint.KeyId, Salt = new byte[32], IsLast = false };

        byte[] v3Body = Written(v3), v6Body = Written(v6);
        Assert.Equal("03010A01010203040506070801", Convert.ToHexString(v3Body));
        Assert.Equal("06010A0120" + new string('0', 64) + fingerprint + "00", Convert.ToHexString(v6Body));
        Assert.True(OnePassSignature.TryRead(v3Body, out var read, out _));
        Assert.Equal(v3, read);
        Assert.True(OnePassSignature.TryRead(v6Body, out read, out _));
        Assert.Equal(v6 with { Salt = default }, read with { Salt = default });
        Assert.Equal(v6.Salt.ToArray(), read.Salt.ToArray());
        foreach (byte[] body in new[] { v3Body, v6Body })
        {
            for (int length = 0; length < body.Length; length++)
                Assert.False(OnePassSignature.TryRead(body.AsSpan(0, length), out _, out string? reason) || reason.Length == 0);
            Assert.False(OnePassSignature.TryRead([.. body, 0], out _, out _));
        }
    }

    private static byte[] Written(OnePassSignature packet)
    {
        var output = new ArrayBufferWriter<byte>();
        packet.Write(output);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] OnePass(byte[] signatureBody, bool isLast = true)
    {
        Assert.True(Signature.TryRead(signatureBody, out var signature, out _));
        byte[] fingerprint = signature.Hints.Fingerprints[0].Octets.ToArray();
        return [3, .. signatureBody[1..2], signatureBody[3], signatureBody[2], .. fingerprint[^8..], isLast ? (byte)1 : (byte)0];
    }

    private static InlineSignatures Message(byte[][] onePassPackets, byte[][] bodies)
    {
        var signatures = new InlineSignatures();
        foreach (byte[] packet in onePassPackets)
            signatures.Announce(packet);
        signatures.Write(Data);
        foreach (byte[] body in bodies)
            signatures.AddSignature(body);
        return signatures;
    }

    private IEnumerable<SignatureStatus> Statuses(byte[][] onePassPackets, byte[][] bodies)
    {
        using var signatures = Message(onePassPackets, bodies);
        return [.. Judge(signatures).Select(verdict => verdict.Status)];
    }

    private IReadOnlyList<SignatureVerdict> Judge(InlineSignatures signatures) =>
        signatures.Judge([_bob.Read(), _carol.Read()], Now, AlgorithmPolicy.Default);
}
