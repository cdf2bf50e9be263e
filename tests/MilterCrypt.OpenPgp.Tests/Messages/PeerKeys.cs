using System.Buffers;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Peers, and the keys that they are asked to use: gpg's for all, those of tests/vectors for who knows RFC 9580.</summary>
internal static class PeerKeys
{
    public static string[] Old { get; } = ["ed25519/cv25519", "rsa3072/rsa3072", "nistp384/nistp384"];

    public static string[] Recent { get; } = ["v4-ed25519-x25519", "v6-25519-annex-a-4", "v6-ed448-x448", "v6-nistp", "v6-rsa"];

    /// <summary>Each peer with each key that it knows.</summary>
    public static IEnumerable<(string Peer, string Key)> All =>
        from peer in new[] { "gpg", "sq", "sqop", "gosop", "rnp", Peer.JavaScript }
        from key in peer == Peer.JavaScript ? [.. Old, .. Recent] : Old
        select (peer, key);

    public static async Task<PeerKey> FindAsync(GnuPgKeyRing keys, string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            if (!Command.Exists("gpg"))
                Assert.Skip("gpg is not installed");
            return await keys.KeyAsync(name.Split('/')[0], name.Split('/')[1]);
        }

        byte[] secretKey = Vectors.File($"openpgp-rfc9580/{name}/tsk.asc");
        var certificate = new ArrayBufferWriter<byte>();
        var armor = new ArmorWriter(certificate, new ArmorOptions("PGP PUBLIC KEY BLOCK", LineEnding.Lf));
        armor.Write(Vectors.PublicPart(secretKey));
        armor.Complete();
        return new PeerKey(certificate.WrittenSpan.ToArray(), secretKey);
    }

    /// <summary>The peer, or a skipped test where it is missing or can't do what it is wanted for.</summary>
    public static async Task<IOpenPgpPeer> FindPeerAsync(string name, Func<IOpenPgpPeer, string?> whyNot)
    {
        PeerFinding finding = await Peer.FindAsync(name);
        if (finding is PeerFinding.Missing missing)
            Assert.Skip(missing.Reason);
        IOpenPgpPeer peer = Assert.IsType<PeerFinding.Found>(finding).Peer;
        if (whyNot(peer) is { } reason)
        {
            await peer.DisposeAsync();
            Assert.Skip($"{peer.Name} {reason}");
        }

        return peer;
    }
}
