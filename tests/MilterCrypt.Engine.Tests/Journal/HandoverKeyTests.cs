using System.Net;
using System.Security.Cryptography;
using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>When two tries are taken for the same one.</summary>
public sealed class HandoverKeyTests
{
    private static readonly HandoverClient Client = new(IPAddress.Parse("192.0.2.1"), null);
    private static readonly MessageContent Content = new(SHA256.HashData("mail"u8), true);

    private readonly HandoverKeys keys = new(new byte[HandoverKeys.SecretLength]);

    [Fact]
    public void EachPartCounts()
    {
        HandoverKey[] different =
        [
            keys.KeyOf(Client, "a@x", "b@x", Content),
            keys.KeyOf(new HandoverClient(IPAddress.Parse("192.0.2.2"), null), "a@x", "b@x", Content),
            keys.KeyOf(new HandoverClient(IPAddress.Parse("2001:db8::1"), null), "a@x", "b@x", Content),
            keys.KeyOf(new HandoverClient(null, null), "a@x", "b@x", Content),
            keys.KeyOf(new HandoverClient(Client.Address, "anna"), "a@x", "b@x", Content),
            keys.KeyOf(new HandoverClient(Client.Address, "192.0.2.1"), "a@x", "b@x", Content),
            keys.KeyOf(Client, "A@x", "b@x", Content),
            keys.KeyOf(Client, "", "b@x", Content),
            keys.KeyOf(Client, "a@x", "c@x", Content),
            keys.KeyOf(Client, "a@x", "B@x", Content),
            keys.KeyOf(Client, "a@x", "\ud800@x", Content),
            keys.KeyOf(Client, "a@x", "\ufffd@x", Content),
            keys.KeyOf(Client, "a@x", "b@x", Content with { Hash = SHA256.HashData("Mail"u8) }),
            new HandoverKeys([1, .. new byte[HandoverKeys.SecretLength - 1]]).KeyOf(Client, "a@x", "b@x", Content),
        ];
        Assert.Distinct(different);
    }

    [Fact]
    public void NothingCanBeMovedFromOnePartIntoTheNext()
    {
        HandoverKey[] different =
        [
            keys.KeyOf(new HandoverClient(null, "ann"), "bob", "carl", Content),
            keys.KeyOf(new HandoverClient(null, "annb"), "ob", "carl", Content),
            keys.KeyOf(new HandoverClient(null, "ann"), "bobc", "arl", Content),
            keys.KeyOf(new HandoverClient(null, "ann"), "bobcarl", "", Content),
            keys.KeyOf(new HandoverClient(null, "ann"), "", "bobcarl", Content),
            // With any octets between two parts that could stand in one.
            keys.KeyOf(new HandoverClient(null, "ann"), "bob\0\0x", "carl", Content),
            keys.KeyOf(new HandoverClient(null, "ann"), "bob", "x\0\0carl", Content),
        ];
        Assert.Distinct(different);
        Assert.NotEqual(keys.HintOf(new HandoverClient(null, "ann"), "bob"), keys.HintOf(new HandoverClient(null, "annb"), "ob"));
    }

    [Fact]
    public void WhoLogsInIsTheSameWhereverHeIs()
    {
        var atHome = new HandoverClient(IPAddress.Parse("192.0.2.7"), "anna");
        var abroad = new HandoverClient(IPAddress.Parse("198.51.100.7"), "anna");
        Assert.Equal(keys.KeyOf(atHome, "a@x", "b@x", Content), keys.KeyOf(abroad, "a@x", "b@x", Content));
        Assert.Equal(keys.HintOf(atHome, "a@x"), keys.HintOf(abroad, "a@x"));
    }

    [Fact]
    public void AnAddressIsTheSameInBothNotations()
    {
        var mapped = new HandoverClient(IPAddress.Parse("::ffff:192.0.2.1"), null);
        Assert.Equal(keys.KeyOf(Client, "a@x", "b@x", Content), keys.KeyOf(mapped, "a@x", "b@x", Content));
    }

    [Fact]
    public void AHintIsOfClientAndSenderAlone()
    {
        Assert.Equal(keys.HintOf(Client, "a@x"), keys.HintOf(Client, "a@x"));
        Assert.NotEqual(keys.HintOf(Client, "a@x"), keys.HintOf(Client, "b@x"));
        Assert.NotEqual(keys.HintOf(Client, "a@x"), keys.HintOf(new HandoverClient(null, null), "a@x"));
    }
}
