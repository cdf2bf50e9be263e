using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>What is written is opened by others, each with the kinds of key that it knows.</summary>
public sealed class PeersOpenMessagesTests
{
    [Theory]
    [InlineData("rsa2048", "rsa2048", "gpg sq sqop gosop rnp openpgpjs")]
    [InlineData("ed25519", "cv25519", "gpg sq sqop gosop rnp openpgpjs")]
    [InlineData("nistp256", "nistp256", "gpg sq sqop gosop rnp openpgpjs")]
    [InlineData("nistp384", "nistp384", "gpg sq sqop gosop rnp openpgpjs")]
    [InlineData("nistp521", "nistp521", "gpg sq sqop gosop rnp openpgpjs")]
    [InlineData("ed25519", "brainpoolP256r1", "gpg gosop rnp openpgpjs")]
    [InlineData("ed25519", "brainpoolP384r1", "gpg gosop rnp openpgpjs")]
    [InlineData("ed25519", "brainpoolP512r1", "gpg gosop rnp openpgpjs")]
    public async Task AMessageToAKeyOfGnuPgIsOpenedByEveryPeerThatKnowsItsKind(string primary, string subkey, string peers)
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");

        PeerKey key = await GnuPg.MakeKeyAsync(primary, subkey);
        EncryptionRecipient recipient = EncryptionKeys.RecipientOf(key.Certificate, EncryptionKeys.V1);
        int opened = 0;
        foreach (string name in peers.Split(' '))
        {
            if (await Peer.FindAsync(name) is not { } peer)
                continue;

            // gosop 0.0 reads everything as text: it drops the CR of a CRLF and replaces what is not UTF-8.
            byte[] plaintext = name == "gosop" ? Encrypting.Text(100_000) : Encrypting.Plaintext(100_000);
            CommandResult result = await peer.DecryptAsync(key, Encrypting.Message(plaintext, [recipient]));
            Assert.True(result.ExitCode == 0, $"{name}: {result.Error}");
            Assert.True(plaintext.AsSpan().SequenceEqual(result.Output), name);
            opened++;
        }

        Assert.True(opened > 0);
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
        if (await Peer.FindAsync("openpgpjs") is not { } peer)
        {
            Assert.Skip("OpenPGP.js can't be had: no node or no npm registry");
            return;
        }

        PeerKey key = await OpenPgpJs.ReadKeyAsync(await File.ReadAllBytesAsync(
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
