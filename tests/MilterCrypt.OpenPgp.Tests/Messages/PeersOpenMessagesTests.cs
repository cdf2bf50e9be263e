using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>What is written is opened by others, with the kinds of key that the interoperability table leaves out.</summary>
public sealed class PeersOpenMessagesTests(GnuPgKeyRing keys) : IClassFixture<GnuPgKeyRing>
{
    /// <summary>One case for each peer: a peer that is missing shows as a test skipped, not as one passed by the others.</summary>
    public static TheoryData<string, string> CurvesAndPeers
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string curve in new[] { "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1" })
            {
                foreach (string peer in new[] { "gpg", "gosop", "rnp", Peer.JavaScript })
                    cases.Add(curve, peer);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(CurvesAndPeers))]
    public async Task AMessageToABrainpoolSubkeyIsOpenedByEveryPeerThatKnowsItsCurve(string curve, string name)
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");
        PeerFinding finding = await Peer.FindAsync(name);
        if (finding is PeerFinding.Missing missing)
            Assert.Skip(missing.Reason);

        await using IOpenPgpPeer peer = Assert.IsType<PeerFinding.Found>(finding).Peer;
        PeerKey key = await keys.KeyAsync("ed25519", curve);
        EncryptionRecipient recipient = EncryptionKeys.RecipientOf(key.Certificate, EncryptionKeys.V1);

        // gosop 0.0 reads everything as text: it drops the CR of a CRLF and replaces what is not UTF-8.
        byte[] plaintext = name == "gosop" ? Encrypting.Text(100_000) : Encrypting.Plaintext(100_000);
        CommandResult result = await peer.DecryptAsync(key, Encrypting.Message(plaintext, [recipient]));
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.True(plaintext.AsSpan().SequenceEqual(result.Output));
    }

    [Theory]
    [InlineData("v4-ed25519-x25519")]
    [InlineData("v4-legacy")]
    [InlineData("v4-nistp")]
    [InlineData("v4-rsa")]
    [InlineData("v6-25519-annex-a-4")]
    [InlineData("v6-ed25519-x448")]
    [InlineData("v6-ed448-x448")]
    [InlineData("v6-nistp")]
    [InlineData("v6-rsa")]
    public async Task BothVersionsOfAMessageAreOpenedForEachKeyOfTheNewStandard(string name)
    {
        await using OpenPgpJs? peer = await OpenPgpJs.FindAsync();
        Assert.SkipWhen(peer is null, OpenPgpJs.Missing);

        PeerKey key = await peer.ReadKeyAsync(await File.ReadAllBytesAsync(
            Repository.PathOf($"tests/vectors/openpgp-rfc9580/{name}/tsk.asc"), TestContext.Current.CancellationToken));
        byte[] plaintext = Encrypting.Plaintext(100_000);
        foreach (RecipientCapabilities capabilities in new[] { EncryptionKeys.V1, EncryptionKeys.V2 })
        {
            EncryptionRecipient recipient = EncryptionKeys.RecipientOf(key.Certificate, capabilities);
            foreach (bool anonymous in new[] { false, true })
            {
                byte[] message = Encrypting.Message(plaintext, [recipient with { IsAnonymous = anonymous }]);
                CommandResult result = await peer.DecryptAsync(key, message);
                Assert.True(result.ExitCode == 0, result.Error);
                Assert.True(plaintext.AsSpan().SequenceEqual(result.Output));
            }
        }
    }
}
