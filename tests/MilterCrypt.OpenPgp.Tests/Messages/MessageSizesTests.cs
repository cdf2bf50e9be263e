using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Every length at which something changes: packet lengths, partial bodies, buffers, chunks, blocks, armor.</summary>
public sealed class MessageSizesTests
{
    private static readonly int[] Sizes =
    [
        .. Enumerable.Range(0, 20), // blocks
        .. Enumerable.Range(183, 6), // a length of two octets
        .. Enumerable.Range(8160, 40), // the first partial length
        .. Enumerable.Range(8374, 6), // a length of five octets
        .. Enumerable.Range(16_370, 20),
        .. Enumerable.Range(65_470, 70), // buffer and chunk, and the end of the message over their end
        .. Enumerable.Range(131_020, 60),
        200_000,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task AVersion1MessageOfEachSizeIsWhole(int piece)
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");

        await using var home = new GnuPgHome();
        PeerKey key = await home.MakeKeyAsync("ed25519", "cv25519");
        EncryptionRecipient recipient = EncryptionKeys.RecipientOf(key.Certificate, EncryptionKeys.V1);
        IEnumerable<byte[]> messages = Sizes.Select(size => Encrypting.Message(Encrypting.Plaintext(size), [recipient], null, piece));

        AssertWhole(await home.DecryptAllAsync(messages));
    }

    [Fact]
    public async Task AVersion2MessageOfEachSizeIsWhole()
    {
        await using OpenPgpJs? peer = await OpenPgpJs.FindAsync();
        Assert.SkipWhen(peer is null, OpenPgpJs.Missing);

        PeerKey key = await peer.MakeKeyAsync(KeyKind.V6Curve25519);
        EncryptionRecipient recipient = EncryptionKeys.RecipientOf(key.Certificate, EncryptionKeys.V2);
        var found = new List<byte[]>();
        foreach (int size in Sizes)
        {
            byte[] message = Encrypting.Message(Encrypting.Plaintext(size), [recipient], null, 4096);
            found.Add((await peer.DecryptAsync(key, message)).OrThrow().Output);
        }

        AssertWhole(found);
    }

    [Fact]
    public async Task ThirtyMegabytesOfVersion1AreWhole()
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");

        PeerKey key = await GnuPg.MakeKeyAsync("ed25519", "cv25519");
        (byte[] plaintext, byte[] message) = ThirtyMegabytes(key, EncryptionKeys.V1);
        CommandResult result = await GnuPg.OpenAsync(key, message);
        Assert.True(plaintext.AsSpan().SequenceEqual(result.OrThrow().Output));
    }

    [Fact]
    public async Task ThirtyMegabytesOfVersion2AreWhole()
    {
        await using OpenPgpJs? peer = await OpenPgpJs.FindAsync();
        Assert.SkipWhen(peer is null, OpenPgpJs.Missing);

        PeerKey key = await peer.MakeKeyAsync(KeyKind.V6Curve25519);
        (byte[] plaintext, byte[] message) = ThirtyMegabytes(key, EncryptionKeys.V2);
        CommandResult result = await peer.DecryptAsync(key, message);
        Assert.True(plaintext.AsSpan().SequenceEqual(result.OrThrow().Output));
    }

    private static (byte[] Plaintext, byte[] Message) ThirtyMegabytes(PeerKey key, RecipientCapabilities capabilities)
    {
        byte[] plaintext = Encrypting.Plaintext(30_000_000);
        return (plaintext, Encrypting.Message(plaintext, [EncryptionKeys.RecipientOf(key.Certificate, capabilities)]));
    }

    private static void AssertWhole(IReadOnlyList<byte[]> found)
    {
        for (int i = 0; i < Sizes.Length; i++)
            Assert.True(Encrypting.Plaintext(Sizes[i]).AsSpan().SequenceEqual(found[i]), $"{Sizes[i]} octets");
    }
}
