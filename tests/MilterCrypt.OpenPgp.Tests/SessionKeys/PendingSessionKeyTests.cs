using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Session keys whose private-key operations are done by somebody else.</summary>
public sealed class PendingSessionKeyTests : IDisposable
{
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
    private readonly SessionKey sent = Sending.Key(3, SymmetricAlgorithm.Aes256);

    public void Dispose()
    {
        random.Dispose();
        sent.Dispose();
    }

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void AKeyThatIsElsewhereOpensWhatItOpensHere(string folder)
    {
        var key = SessionKeyOpenerTests.Decryption(folder);
        foreach (int version in new[] { 3, 6 })
        {
            foreach (bool isAnonymous in new[] { false, true })
            {
                using var session = Sending.Key(version, SymmetricAlgorithm.Aes192);
                using var pending = Pending(Sending.Packet(session, key.PublicKey, isAnonymous), key, version, version == 6 ? SymmetricAlgorithm.Aes192 : null);
                var operation = Assert.Single(pending.Operations);
                pending.Answer(operation, Elsewhere.Do(key, operation));

                using var opened = pending.Complete();
                Assert.Equal(session.Octets, opened.Octets);
                Assert.Equal(session.Cipher, opened.Cipher);
                Assert.Equal(key.PublicKey.Fingerprint, opened.OpenedBy!.Fingerprint);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void NoAnswerOrAWrongOneGivesARandomKeyEachTimeAnother(string folder)
    {
        var key = SessionKeyOpenerTests.Decryption(folder);
        var packet = Sending.Packet(sent, key.PublicKey);
        byte[] right = Elsewhere.Do(key, Pending(packet, key).Operations[0])!;
        byte[] wrong = [.. right];
        wrong[^1] ^= 1;
        byte[]?[] answers = [null, [], wrong, right[1..], right[..^1], [1, .. right], [0, 0, .. right], new byte[right.Length], new byte[10_000]];
        var seen = new HashSet<string>();
        foreach (byte[]? answer in answers)
        {
            if (IsNumber(key) && answer?.Length == right.Length - 1 && answer.AsSpan().SequenceEqual(right.AsSpan(1)))
                continue;
            using var pending = Pending(packet, key);
            if (answer is not null)
                pending.Answer(pending.Operations[0], answer);

            using var opened = pending.Complete();
            Assert.Equal(SymmetricAlgorithm.Aes256, opened.Cipher);
            Assert.False(sent.Octets.SequenceEqual(opened.Octets));
            Assert.True(seen.Add(Convert.ToHexString(opened.Octets)));
        }
    }

    [Fact]
    public void ABlockOfRsaMayHaveLostItsZeroOrHaveOneMore()
    {
        var key = SessionKeyOpenerTests.Decryption("v4-rsa");
        var packet = Sending.Packet(sent, key.PublicKey);
        byte[] right = Elsewhere.Do(key, Pending(packet, key).Operations[0])!;
        Assert.Equal(0, right[0]);
        foreach (byte[] block in new[] { right, right[1..], [0, .. right] })
        {
            using var pending = Pending(packet, key);
            pending.Answer(pending.Operations[0], block);
            using var opened = pending.Complete();
            Assert.Equal(sent.Octets, opened.Octets);
        }
    }

    [Fact]
    public void WhatACardTookThePaddingOffIsUsedIfItIsAKeyAndItsChecksumHolds()
    {
        var key = SessionKeyOpenerTests.Decryption("v4-rsa");
        byte[] message = new byte[sent.ChecksummedLength];
        sent.WriteChecksummed(message);
        byte[] wrong = [.. message];
        wrong[^1] ^= 1;
        foreach (byte[] answer in new[] { message, wrong, message[1..], [0, .. message], [] })
        {
            using var pending = Pending(Sending.Packet(sent, key.PublicKey), key);
            pending.AnswerUnpadded(pending.Operations[0], answer);
            using var opened = pending.Complete();
            Assert.Equal(answer == message, opened.Octets.SequenceEqual(sent.Octets));
        }
    }

    [Fact]
    public void TheFirstGoodAnswerCountsAndTellsWhoseItIs()
    {
        SecretKey bob = SessionKeyOpenerTests.Decryption("v4-nistp"), carol = SessionKeyOpenerTests.Decryption("v4-legacy");
        using var other = Sending.Key(3, SymmetricAlgorithm.Aes256);
        byte[] bad = Sending.Body(sent, bob.PublicKey);
        bad[^1] ^= 1;
        using var pending = PendingSessionKey.Create(
            [Sending.Read(bad), Sending.Packet(sent, carol.PublicKey), Sending.Packet(other, bob.PublicKey)],
            [bob.PublicKey, carol.PublicKey], 3, null, random)!;
        foreach (var operation in pending.Operations)
            pending.Answer(operation, Elsewhere.Do(operation.Key == bob.PublicKey ? bob : carol, operation));

        using var opened = pending.Complete();
        Assert.Equal(3, pending.Operations.Count);
        Assert.Equal(sent.Octets, opened.Octets);
        Assert.Equal(carol.PublicKey.Fingerprint, opened.OpenedBy!.Fingerprint);
    }

    [Fact]
    public void NobodyIsAskedForWhatIsVisiblyNoneAndTheOutcomeIsAKeyAllTheSame()
    {
        var rsa = SessionKeyOpenerTests.Decryption("v4-rsa");
        var modulus = (PublicKeyMaterial.Rsa)rsa.PublicKey.Material;
        byte[] tooLarge = [.. Sending.Body(sent, rsa.PublicKey)[..10], (byte)(modulus.Bits >> 8), (byte)modulus.Bits, .. modulus.Modulus.Span];
        var curve = SessionKeyOpenerTests.Decryption("v4-nistp");
        byte[] offCurve = Sending.Body(sent, curve.PublicKey);
        offCurve[20] ^= 1;

        foreach (var (body, key) in new[] { (tooLarge, rsa), (offCurve, curve) })
        {
            using var pending = Pending(Sending.Read(body), key);
            Assert.Empty(pending.Operations);
            using var opened = pending.Complete();
            Assert.Equal(SymmetricAlgorithm.Aes256, opened.Cipher);
        }
    }

    [Fact]
    public void NoMoreIsAskedForThanIsTriedHere()
    {
        var curve = SessionKeyOpenerTests.Decryption("v4-nistp");
        var rsa = SessionKeyOpenerTests.Decryption("v4-rsa");
        var packets = new List<EncryptedSessionKey>();
        for (int i = 0; i < 20; i++)
        {
            foreach (bool isAnonymous in new[] { true, false })
            {
                packets.Add(Sending.Packet(sent, curve.PublicKey, isAnonymous));
                packets.Add(Sending.Packet(sent, rsa.PublicKey, isAnonymous));
            }
        }

        using var all = PendingSessionKey.Create(packets, [curve.PublicKey, rsa.PublicKey], 3, null, random)!;
        Assert.Equal(SessionKeyOpener.MaxNamedTries + SessionKeyOpener.MaxAnonymousTries, all.Operations.Count);
        using var named = PendingSessionKey.Create([.. packets.Where(packet => !packet.IsAnonymous)], [rsa.PublicKey], 3, null, random)!;
        Assert.Single(named.Operations);
        Assert.Null(PendingSessionKey.Create(packets, [SessionKeyOpenerTests.Decryption("v6-nistp").PublicKey], 6, SymmetricAlgorithm.Aes256, random));
    }

    /// <summary>Who sends an ephemeral key of small order knows the secret, whatever the recipient's key is.</summary>
    [Fact]
    public void ASecretOfZerosIsNotTakenFromAnybody()
    {
        var key = SessionKeyOpenerTests.Decryption("v6-25519-annex-a-4");
        byte[] body = Sending.Body(sent, key.PublicKey);
        int start = 1 + KeyId.Length + 1;
        byte[] keys = [.. new byte[32], .. ((PublicKeyMaterial.X25519)key.PublicKey.Material).Point.Span, .. new byte[32]];
        byte[] wrappingKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, keys, 16, [], "OpenPGP X25519"u8.ToArray());
        body.AsSpan(start, 32).Clear();
        AesKeyWrap.Wrap(wrappingKey, sent.Octets, body.AsSpan(^40..));

        using var pending = Pending(Sending.Read(body), key);
        pending.Answer(Assert.Single(pending.Operations), new byte[32]);

        using var opened = pending.Complete();
        Assert.False(opened.Octets.SequenceEqual(sent.Octets));
    }

    [Fact]
    public void AnAnswerThatNobodyAskedForIsAMistake()
    {
        var key = SessionKeyOpenerTests.Decryption("v4-nistp");
        var packet = Sending.Packet(sent, key.PublicKey);
        using var one = Pending(packet, key);
        using var other = Pending(packet, key);

        Assert.Throws<ArgumentException>(() => one.Answer(other.Operations[0], new byte[32]));
    }

    private PendingSessionKey Pending(EncryptedSessionKey packet, SecretKey key, int version = 3, SymmetricAlgorithm? cipher = null) =>
        PendingSessionKey.Create([packet], [key.PublicKey], version, cipher, random)!;

    private static bool IsNumber(SecretKey key) => key.PublicKey.Material is PublicKeyMaterial.Rsa;
}
