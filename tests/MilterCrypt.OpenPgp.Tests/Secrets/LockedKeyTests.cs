using System.Text;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Secrets;

public sealed class LockedKeyTests
{
    private const string WrongPassphrase = "wrong passphrase, or a damaged key";

    [Theory]
    [InlineData("e2e-002", "test")]
    [InlineData("gnupg-v1-001", "test")]
    [InlineData("gnupg-v1-002", "test")]
    [InlineData("gnupg-v1-003", "test")]
    [InlineData("gnupg-v1-4-11-001", "test")]
    [InlineData("gnupg-v2-1-5-001", "test")]
    [InlineData("gnupg-v2-1-5-002", "test")]
    [InlineData("gnupg-v2-1-5-003", "test")]
    [InlineData("openkeychain-001", "q")]
    public void KeysThatManyProgramsLockedAreUnlockedWithTheirPassphraseAlone(string name, string passphrase)
    {
        using var secret = SecretCertificateTests.ReadOnly(Vectors.File($"openpgp-interop/secret-keys/{name}-decrypt.asc"));
        Assert.All(secret.Keys, static key => Assert.True(key.IsLocked));

        Assert.False(secret.TryUnlock("Test"u8, S2kLimits.Default, out string? reason));
        Assert.Equal(WrongPassphrase, reason);
        Assert.True(secret.IsLocked);

        Assert.True(secret.TryUnlock(Encoding.UTF8.GetBytes(passphrase), S2kLimits.Default, out reason), reason);
        Assert.All(secret.Keys, static key => Proof.That(key));
    }

    [Fact]
    public void TheStandardsLockedKeyIsUnlockedWhereThereIsMemory()
    {
        TwoGibibytes.SkipWithout();
        using var key = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/passphrases/annex-a-5.asc"))[0].Read();

        Assert.True(key.TryUnlock("correct horse battery staple"u8, S2kLimits.Default, out string? reason), reason);

        Proof.That(key);
    }

    [Theory]
    [InlineData(LockForm.Aead, (int)SecretKeyLock.Aead)]
    [InlineData(LockForm.AeadArgon2, (int)SecretKeyLock.Aead)]
    [InlineData(LockForm.Cfb, (int)SecretKeyLock.CfbWithSha1)]
    public async Task WhatOpenPgpJsLockedIsUnlocked(LockForm form, int expected)
    {
        if (await OpenPgpJs.FindAsync() is not { } peer)
        {
            Assert.Skip(OpenPgpJs.Missing);
            return;
        }

        await using (peer)
        {
            foreach (string folder in new[] { "v4-ed25519-x25519", "v4-rsa", "v6-25519-annex-a-4", "v6-nistp" })
            {
                byte[] locked = await peer.LockKeyAsync(Vectors.File($"openpgp-rfc9580/{folder}/tsk.asc"), "sécret", form);
                using var secret = SecretCertificateTests.ReadOnly(locked);
                Assert.All(secret.Keys, key => Assert.Equal((SecretKeyLock)expected, key.Protection!.Lock));

                Assert.False(secret.TryUnlock("secret"u8, S2kLimits.Default, out string? reason));
                Assert.Equal(WrongPassphrase, reason);
                Assert.True(secret.TryUnlock("sécret"u8, S2kLimits.Default, out reason), reason);
                Assert.All(secret.Keys, static key => Proof.That(key));
            }
        }
    }

    [Theory]
    [InlineData("rsa3072", "rsa3072")]
    [InlineData("ed25519", "cv25519")]
    [InlineData("nistp384", "nistp521")]
    [InlineData("dsa2048", "elg2048")]
    public async Task WhatGnuPgLockedIsUnlocked(string primary, string subkey)
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var home = new GnuPgHome();
        PeerKey made = await home.MakeKeyAsync(primary, subkey, "secret");
        using var secret = SecretCertificateTests.ReadOnly(made.SecretKey);
        Assert.NotEmpty(secret.Keys);
        Assert.All(secret.Keys, static key => Assert.True(key.IsLocked));
        var soon = DateTimeOffset.UtcNow.AddMinutes(1);
        bool isDsa = primary.StartsWith("dsa", StringComparison.Ordinal);
        Assert.Null(secret.SigningKey(soon, AlgorithmPolicy.Default, out string? refusal));
        Assert.Equal(isDsa ? "DSA is only verified here, nothing is signed with it" : "locked with a passphrase", refusal);

        Assert.True(secret.TryUnlock("secret"u8, S2kLimits.Default, out string? reason), reason);

        Assert.All(secret.Keys, static key => Proof.That(key));
        Assert.Equal(isDsa ? null : secret.Keys[0], secret.SigningKey(soon, AlgorithmPolicy.Default, out _));
    }

    [Theory]
    [MemberData(nameof(LockedPacket.Ways), MemberType = typeof(LockedPacket))]
    public void EveryOldWayToLockIsKnown(string way)
    {
        foreach (var packet in SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc")))
        {
            using var key = LockedPacket.Lock(packet, way, "secret").Read();
            Assert.True(key.IsLocked);
            Assert.Throws<InvalidOperationException>(() => key.SignDigest(OpenPgp.Packets.HashAlgorithm.Sha256, new byte[32]));

            Assert.True(key.TryUnlock("secret"u8, S2kLimits.Default, out string? reason), reason);

            Proof.That(key);
            Assert.True(key.TryUnlock("anything"u8, S2kLimits.Default, out _));
        }
    }

    [Theory]
    [MemberData(nameof(LockedPacket.Ways), MemberType = typeof(LockedPacket))]
    public void AWrongPassphraseLeavesAKeyLocked(string way)
    {
        var packet = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-legacy/tsk.asc"))[0];
        using var key = LockedPacket.Lock(packet, way, "secret").Read();
        for (int i = 0; i < 50; i++)
        {
            Assert.False(key.TryUnlock(Encoding.ASCII.GetBytes($"wrong {i}"), S2kLimits.Default, out string? reason));
            Assert.NotEmpty(reason);
            Assert.True(key.IsLocked);
        }
    }

    [Theory]
    [MemberData(nameof(LockedPacket.Ways), MemberType = typeof(LockedPacket))]
    public void ALockedPacketCutAnywhereOrWithAFlippedBitIsNeverUnlockedToAnotherSecret(string way)
    {
        // Whatever the count of an iterated hash is made to say, it costs little.
        var limits = new S2kLimits { MaxIteratedOctets = 100_000, MaxArgon2Memory = 1024 };
        var packet = LockedPacket.Lock(SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-legacy/tsk.asc"))[0], way, "secret");
        for (int length = 0; length < packet.Body.Length; length++)
            AssertHarmless(packet with { Body = packet.Body[..length] }, limits);
        for (int bit = 0; bit < 8 * packet.Body.Length; bit++)
        {
            byte[] flipped = [.. packet.Body];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertHarmless(packet with { Body = flipped }, limits);
        }
    }

    [Fact]
    public void ALockedKeyNeedsNothingOfThePacketThatItWasReadFrom()
    {
        var packet = LockedPacket.Lock(SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-legacy/tsk.asc"))[0], "254 iterated", "secret");
        using var key = packet.Read();
        packet.Body.AsSpan().Clear();

        Assert.True(key.TryUnlock("secret"u8, S2kLimits.Default, out string? reason), reason);

        Proof.That(key);
    }

    // The key overwriting attack: whoever can write to the file puts his public key before a secret that he can't read.
    [Fact]
    public void ARealSecretBehindAForgedPublicKeyIsNotUnlocked()
    {
        var own = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"))[0];
        var other = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"))[1];
        var locked = LockedPacket.Lock(own, "254 iterated", "secret");
        byte[] forged = [.. LockedPacket.PublicPart(other), .. locked.Body[LockedPacket.PublicPart(own).Length..]];
        using var key = (locked with { Body = forged }).Read();

        Assert.False(key.TryUnlock("secret"u8, S2kLimits.Default, out string? reason));

        Assert.Equal("the secret does not fit the public key", reason);
        Assert.True(key.IsLocked);
    }

    [Fact]
    public async Task AStubHasAReasonAndItsSubkeysAreRead()
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var home = new GnuPgHome();
        await home.MakeKeyAsync("ed25519", "cv25519");
        byte[] subkeysAlone = (await home.RunAsync(["--export-secret-subkeys"])).OrThrow().Output;

        using var secret = SecretCertificateTests.ReadOnly(subkeysAlone);

        Assert.Equal("the secret is not here, it is kept elsewhere", secret.ProblemOf(secret.Certificate.Fingerprint));
        var subkey = Assert.Single(secret.Keys);
        Assert.Same(subkey, Assert.Single(secret.DecryptionKeys));
        Proof.That(subkey);
        Assert.Null(secret.SigningKey(DateTimeOffset.UtcNow.AddMinutes(1), AlgorithmPolicy.Default, out string? refusal));
        Assert.Equal("the secret is not here, it is kept elsewhere", refusal);
    }

    [Theory]
    [InlineData("FF 00 65 00 474E5501", "the secret is not here, it is kept elsewhere")]
    [InlineData("FE 07 65 00 474E5502 10 D2760001240102000005000012340000", "the secret is not here, it is on a card")]
    [InlineData("FE 63 03 08 0000000000000000 60 00000000000000000000000000000000", "a secret locked with unknown cipher 99")]
    [InlineData("FE 09 03 63 0000000000000000 60 00000000000000000000000000000000", "a passphrase is used with unknown hash function 99")]
    [InlineData("FE 09 63 08", "a passphrase is used in an unknown way (99)")]
    [InlineData("FE 09 04 00000000000000000000000000000000 01 04 15 00000000000000000000000000000000", "a secret locked with Argon2, but without AEAD")]
    [InlineData("FD 09 02 04 00000000000000000000000000000000 00 04 15 000000000000000000000000000000", "Argon2 with parameters that it does not have")]
    [InlineData("FD 09 02 04 00000000000000000000000000000000 01 04 04 000000000000000000000000000000", "Argon2 with parameters that it does not have")]
    [InlineData("FD 09 63 03 08 0000000000000000 60", "a secret locked with unknown mode 99 of cipher 9")]
    [InlineData("FD 03 02 03 08 0000000000000000 60", "a secret locked with unknown mode 2 of cipher 3")]
    public void WhatCannotBeUnlockedHereHasAReason(string hex, string reason)
    {
        byte[] publicPart = LockedPacket.PublicPart(SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"))[0]);
        byte[] rest = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(reason, new SecretPacket([.. publicPart, .. rest], IsSubkey: false).Refusal());
    }

    [Theory]
    [InlineData("FF 1C 09 0B 03 08 0000000000000000 60 00000000000000000000000000000000", "a version 6 secret locked in an old way (255)")]
    [InlineData("09 10 00000000000000000000000000000000", "a version 6 secret locked in an old way (9)")]
    [InlineData("FE 1E 09 0B 03 08 0000000000000000 60 00000000000000000000000000000000 00", "a secret key packet whose fields have the wrong length")]
    [InlineData("FE 1D 09 0A 03 08 0000000000000000 60 00000000000000000000000000000000", "a secret key packet whose fields have the wrong length")]
    public void Version6IsStrictAboutHowASecretIsLocked(string hex, string reason)
    {
        byte[] publicPart = LockedPacket.PublicPart(SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v6-rsa/tsk.asc"))[0]);
        byte[] rest = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

        Assert.Equal(reason, new SecretPacket([.. publicPart, .. rest, .. new byte[64]], IsSubkey: false).Refusal());
    }

    [Fact]
    public void WhatWouldCostMoreThanIsAllowedStaysLocked()
    {
        var packet = SecretPacket.AllOf(Vectors.File("openpgp-rfc9580/v4-rsa/tsk.asc"))[0];
        using var key = LockedPacket.Lock(packet, "254 iterated", "secret").Read();

        Assert.False(key.TryUnlock("secret"u8, new S2kLimits { MaxIteratedOctets = 1023 }, out string? reason));

        Assert.Equal("its passphrase would have to be hashed over 1024 octets", reason);
        Assert.True(key.TryUnlock("secret"u8, new S2kLimits { MaxIteratedOctets = 1024 }, out _));
    }

    private static void AssertHarmless(SecretPacket packet, S2kLimits limits)
    {
        if (!SecretKey.TryRead(packet.Body, packet.IsSubkey, out var key, out string? reason))
        {
            Assert.NotEmpty(reason);
            return;
        }

        // Another time of creation, or a tag of a number that counts for nothing: the secret is still the key's own.
        using (key)
        {
            if (!key.IsLocked || key.TryUnlock("secret"u8, limits, out _))
                Proof.That(key);
        }
    }
}
