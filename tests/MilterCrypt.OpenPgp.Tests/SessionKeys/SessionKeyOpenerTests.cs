using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Secrets;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

public sealed class SessionKeyOpenerTests
{
    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void WhatIsEncryptedToAKeyIsOpenedWithItInBothVersions(string folder)
    {
        foreach (var key in Keys(folder).Where(key => key.CanDecrypt))
        {
            foreach (var cipher in new[] { SymmetricAlgorithm.Aes128, SymmetricAlgorithm.Aes192, SymmetricAlgorithm.Aes256 })
            {
                foreach (bool isAnonymous in new[] { false, true })
                {
                    AssertOpens(key, 3, cipher, null, isAnonymous);
                    AssertOpens(key, 3, cipher, cipher, isAnonymous);
                    AssertOpens(key, 6, cipher, cipher, isAnonymous);
                }
            }
        }
    }

    [Fact]
    public void PacketsOfTheOtherVersionAreLeftOut()
    {
        var key = Decryption("v6-rsa");
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        var packet = Sending.Packet(sent, key.PublicKey);

        Assert.Null(Sending.Open([packet], [key], 6, SymmetricAlgorithm.Aes256));
    }

    [Fact]
    public void WithoutAPacketForAnyOfTheKeysThereIsNothingToOpen()
    {
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        var packet = Sending.Packet(sent, Decryption("v4-rsa").PublicKey);

        Assert.Null(Sending.Open([packet], [Decryption("v6-rsa"), Decryption("v4-nistp")], 3, null));
        Assert.Null(Sending.Open([], [Decryption("v4-rsa")], 3, null));
    }

    [Fact]
    public void AnAnonymousPacketIsTriedWithEveryKeyOfItsKind()
    {
        var key = Decryption("v4-rsa");
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        var packet = Sending.Packet(sent, key.PublicKey, isAnonymous: true);

        using var opened = Sending.Open([packet], [Decryption("v4-nistp"), Decryption("v6-rsa"), key], 3, null);

        Assert.Equal(sent.Octets, opened!.Octets);
    }

    [Theory]
    [InlineData("v4-nistp")]
    [InlineData("v4-legacy")]
    [InlineData("v4-ed25519-x25519")]
    [InlineData("v6-ed448-x448")]
    public void TheFirstGoodPacketCountsAfterAnyNumberOfBadOnes(string folder)
    {
        var key = Decryption(folder);
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes128);
        using var later = Sending.Key(3, SymmetricAlgorithm.Aes128);
        byte[] bad = Sending.Body(sent, key.PublicKey);
        bad[^9] ^= 1;

        using var opened = Sending.Open(
            [Sending.Read(bad), Sending.Packet(sent, key.PublicKey), Sending.Packet(later, key.PublicKey)], [key], 3, null);

        Assert.Equal(sent.Octets, opened!.Octets);
        Assert.Equal(SymmetricAlgorithm.Aes128, opened.Cipher);
    }

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void APacketWithAnyBitFlippedGivesARandomKeyEachTimeAnother(string folder)
    {
        var key = Decryption(folder);
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        byte[] body = Sending.Body(sent, key.PublicKey);
        int start = 1 + KeyId.Length + 1;
        bool isCurve25519 = key.PublicKey.Material is PublicKeyMaterial.Ecdh { Curve.IsWeierstrass: false };

        // How many bits a number has may be said in several ways, and the highest bit of a point on Curve25519 counts for
        // nothing (RFC 7748 §5): those flips change nothing.
        if (key.PublicKey.Material is PublicKeyMaterial.Rsa or PublicKeyMaterial.Ecdh)
            start += 2;
        int step = body.Length > 200 ? 7 : 1;
        for (int bit = 8 * start; bit < 8 * body.Length; bit += step)
        {
            if (isCurve25519 && bit == (8 * (start + 32)) + 7)
                continue;
            byte[] flipped = [.. body];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            if (!EncryptedSessionKey.TryRead(flipped, out var packet))
                continue;

            using var one = Sending.Open([packet], [key], 3, null)!;
            using var other = Sending.Open([packet], [key], 3, null)!;
            Assert.False(sent.Octets.SequenceEqual(one.Octets));
            Assert.False(one.Octets.SequenceEqual(other.Octets));
            Assert.Equal(SymmetricAlgorithm.Aes256, one.Cipher);
        }
    }

    [Theory]
    [MemberData(nameof(SecretKeyTests.Folders), MemberType = typeof(SecretKeyTests))]
    public void APacketCutAnywhereIsNone(string folder)
    {
        var key = Decryption(folder);
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        byte[] body = Sending.Body(sent, key.PublicKey);
        for (int length = 0; length < body.Length; length++)
            Assert.False(EncryptedSessionKey.TryRead(body.AsSpan(0, length), out _));
        Assert.False(EncryptedSessionKey.TryRead([.. body, 0], out _));
    }

    [Theory]
    [InlineData("v6-25519-annex-a-4", 10, 32)]
    [InlineData("v6-ed448-x448", 10, 56)]
    [InlineData("v4-legacy", 13, 32)]
    public void AnEphemeralKeyOfSmallOrderOpensNothing(string folder, int at, int length)
    {
        var key = Decryption(folder);
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        byte[] body = Sending.Body(sent, key.PublicKey);
        body.AsSpan(at, length).Clear();

        using var opened = Sending.Open([Sending.Read(body)], [key], 3, null);

        Assert.False(sent.Octets.SequenceEqual(opened!.Octets));
    }

    [Fact]
    public void OfSeveralPacketsForOneRsaKeyTheFirstCountsWhateverItHolds()
    {
        var key = Decryption("v4-rsa");
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes128);
        byte[] bad = Sending.Body(sent, key.PublicKey);
        bad[^9] ^= 1;

        using var first = Sending.Open([Sending.Packet(sent, key.PublicKey), Sending.Read(bad)], [key], 3, null);
        using var second = Sending.Open([Sending.Read(bad), Sending.Packet(sent, key.PublicKey)], [key], 3, null);

        Assert.Equal(sent.Octets, first!.Octets);
        Assert.False(sent.Octets.SequenceEqual(second!.Octets));
    }

    [Fact]
    public void TheKeyThatOpenedIsKnown()
    {
        var bob = Decryption("v4-rsa");
        var carol = Decryption("v4-nistp");
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);

        using var opened = Sending.Open([Sending.Packet(sent, carol.PublicKey, isAnonymous: true)], [bob, carol], 3, null);

        Assert.Equal(carol.PublicKey.Fingerprint, opened!.OpenedBy!.Fingerprint);
    }

    [Fact]
    public void NotMoreTriesThanAllowedAreSpentOnOneMessage()
    {
        var key = Decryption("v4-nistp");
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        foreach (bool isAnonymous in new[] { false, true })
        {
            byte[] bad = Sending.Body(sent, key.PublicKey, isAnonymous);
            bad[^1] ^= 1;
            var good = Sending.Packet(sent, key.PublicKey, isAnonymous);
            int most = isAnonymous ? SessionKeyOpener.MaxAnonymousTries : SessionKeyOpener.MaxNamedTries;
            EncryptedSessionKey[] before = [.. Enumerable.Repeat(Sending.Read(bad), most - 1)];

            using var last = Sending.Open([.. before, good], [key], 3, null);
            using var missed = Sending.Open([.. before, before[0], good], [key], 3, null);

            Assert.Equal(sent.Octets, last!.Octets);
            Assert.False(sent.Octets.SequenceEqual(missed!.Octets));
        }
    }

    [Fact]
    public void PacketsThatNameAKeyGoBeforeThoseThatNameNobody()
    {
        var key = Decryption("v4-nistp");
        using var named = Sending.Key(3, SymmetricAlgorithm.Aes256);
        using var anonymous = Sending.Key(3, SymmetricAlgorithm.Aes256);

        using var opened = Sending.Open(
            [Sending.Packet(anonymous, key.PublicKey, isAnonymous: true), Sending.Packet(named, key.PublicKey)], [key], 3, null);

        Assert.Equal(named.Octets, opened!.Octets);
    }

    [Fact]
    public void AKeyOfAnotherCipherThanTheEncryptedDataNamesIsNotTaken()
    {
        foreach (string folder in new[] { "v4-rsa", "v4-nistp", "v4-ed25519-x25519" })
        {
            var key = Decryption(folder);
            using var sent = Sending.Key(3, SymmetricAlgorithm.Aes128);

            using var opened = Sending.Open([Sending.Packet(sent, key.PublicKey)], [key], 3, SymmetricAlgorithm.Camellia128);

            Assert.False(sent.Octets.SequenceEqual(opened!.Octets));
            Assert.Equal(SymmetricAlgorithm.Camellia128, opened.Cipher);
        }
    }

    [Fact]
    public void ADisposedSessionKeyIsZeros()
    {
        var session = Sending.Key(6, SymmetricAlgorithm.Aes256);
        Assert.Contains(session.Octets.ToArray(), octet => octet != 0);

        session.Dispose();

        Assert.DoesNotContain(session.Octets.ToArray(), octet => octet != 0);
    }

    internal static SecretKey Decryption(string folder) => Keys(folder).Last(key => key.CanDecrypt);

    private static IEnumerable<SecretKey> Keys(string folder) =>
        SecretPacket.AllOf(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc")).Select(packet => packet.Read());

    private static void AssertOpens(SecretKey key, int version, SymmetricAlgorithm cipher, SymmetricAlgorithm? named, bool isAnonymous)
    {
        using var sent = Sending.Key(version, cipher);
        using var opened = Sending.Open([Sending.Packet(sent, key.PublicKey, isAnonymous)], [key], version, named);

        Assert.Equal(sent.Octets, opened!.Octets);
        Assert.Equal(cipher, opened.Cipher);
        Assert.Equal(version, opened.PacketVersion);
    }
}
