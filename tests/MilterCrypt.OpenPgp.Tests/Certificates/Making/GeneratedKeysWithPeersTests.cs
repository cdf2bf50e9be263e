using System.Text;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

/// <summary>New keys, in the hands of others: the public part with their correspondents, the secret part with their owners.</summary>
public sealed class GeneratedKeysWithPeersTests
{
    private static readonly byte[] Letter = Encoding.ASCII.GetBytes("Dear Bob,\r\nsee you soon.\r\n");

    public static TheoryData<string, KeyProfile> PeersAndProfiles
    {
        get
        {
            var cases = new TheoryData<string, KeyProfile>();
            foreach (string peer in new[] { "gpg", "sq", "sqop", "gosop", "rnp", Peer.JavaScript, "trixie/gpg", "trixie/sq", "trixie/sqop", "trixie/rsop" })
            {
                foreach (var profile in SomeOwner.Profiles)
                    cases.Add(peer, profile);
            }

            return cases;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(PeersAndProfiles))]
    public async Task WhatIsEncryptedToANewCertificateByAnybodyIsOpenedByItsOwner(string name, KeyProfile profile)
    {
        await using var peer = await PeerKeys.FindPeerAsync(name, peer => peer.WhyNot(KeyUse.Encrypt, SomeOwner.Kind(profile)));
        using var secret = SomeOwner.Make(profile);

        var message = (await peer.EncryptAsync(SomeOwner.ForPeers(secret), Letter, MessageForm.Default, sign: false)).OrThrow();

        using var text = new MemoryStream();
        await new Pgp().DecryptAsync(new MemoryStream(message.Output), text, [secret], [], Token);
        Assert.Equal(Letter, text.ToArray());
    }

    [Theory]
    [MemberData(nameof(PeersAndProfiles))]
    public async Task ANewKeyDecryptsAndVerifiesInAnybodysHands(string name, KeyProfile profile)
    {
        await using var peer = await PeerKeys.FindPeerAsync(
            name, peer => peer.WhyNot(KeyUse.Decrypt, SomeOwner.Kind(profile)) ?? peer.WhyNot(KeyUse.Verify, SomeOwner.Kind(profile)));
        using var secret = SomeOwner.Make(profile);
        using var message = new MemoryStream();
        await new Pgp().EncryptAsync(new MemoryStream(Letter), message, [secret.Certificate], [secret], Token);

        var result = (await peer.DecryptAsync(SomeOwner.ForPeers(secret), message.ToArray(), isSigned: true)).OrThrow();

        Assert.Equal(Letter, name == "gosop" ? Encoding.ASCII.GetBytes(result.OutputText.ReplaceLineEndings("\r\n")) : result.Output);
    }

    [Theory]
    [MemberData(nameof(PeersAndProfiles))]
    public async Task WhatANewKeySignsInAnybodysHandsIsGood(string name, KeyProfile profile)
    {
        await using var peer = await PeerKeys.FindPeerAsync(
            name, peer => peer.WhyNot(KeyUse.Sign, SomeOwner.Kind(profile)) ?? peer.WhyNotSign(SignatureForm.Detached));
        using var secret = SomeOwner.Make(profile);

        var signature = (await peer.SignAsync(SomeOwner.ForPeers(secret), Letter, SignatureForm.Detached)).OrThrow();

        var verdicts = await new Pgp().VerifyAsync(new MemoryStream(Letter), signature.Output, [secret.Certificate], Token);
        var verdict = Assert.Single(verdicts);
        Assert.True(verdict.IsGood, verdict.Problem);
        Assert.True(verdict.MatchesAddress(static address => address == "bob@example.org"));
        Assert.Equal(secret.SigningKey(DateTimeOffset.UtcNow, AlgorithmPolicy.Default, out _)!.PublicKey.Fingerprint, verdict.Key!.Fingerprint);
    }

    [Theory]
    [MemberData(nameof(PeersAndProfiles))]
    public async Task WhatANewKeySignedIsVerifiedByAnybody(string name, KeyProfile profile)
    {
        await using var peer = await PeerKeys.FindPeerAsync(
            name, peer => peer.WhyNot(KeyUse.Verify, SomeOwner.Kind(profile)) ?? peer.WhyNotVerify(SignatureForm.Detached));
        using var secret = SomeOwner.Make(profile);
        using var signature = new MemoryStream();
        await new Pgp().SignAsync(new MemoryStream(Letter), signature, [secret], Token);

        (await peer.VerifyAsync(SomeOwner.ForPeers(secret), signature.ToArray(), Letter, SignatureForm.Detached)).OrThrow();
    }
}
