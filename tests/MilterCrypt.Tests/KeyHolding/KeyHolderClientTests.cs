using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Holder;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>The daemon's side of the wire, where the other side is not what it should be: each failure is a
/// <see cref="SecretKeyException"/> that says why, and none takes for ever.</summary>
public sealed class KeyHolderClientTests : IDisposable
{
    // Version 1 of the protocol, and no keys.
    private static readonly byte[] Announcement = [0, 0, 0, 8, 16, 0, 0, 0, 0, 1, 0, 0];

    private readonly TestDirectory directory = new();
    private readonly FakeTimeProvider clock = new();
    private readonly KeyOwner alice = KeyOwner.Make(KeyProfile.Curve25519, null, out _);
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public KeyHolderClientTests()
    {
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        listener.Listen();
    }

    private string Path => directory.PathOf("socket");

    [Fact]
    public async Task AnAnswerThatDoesNotComeIsWaitedForAsLongAsTheDeadlineAndNoLonger()
    {
        await using var client = Client();
        var asked = alice.SignAsync(client);
        using var holder = await AcceptAsync();
        await holder.ReceiveAsync(new byte[1000]);

        clock.Advance(TimeSpan.FromSeconds(9));
        await Task.Yield();
        Assert.False(asked.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        var failure = await Assert.ThrowsAsync<SecretKeyException>(() => asked);
        Assert.Equal("the key holder did not answer within 10 s", failure.Message);
    }

    [Fact]
    public async Task AfterAHolderThatSaysNothingAnyMoreAnotherConnectionIsTried()
    {
        await using var client = Client();
        var asked = alice.SignAsync(client);
        using var first = await AcceptAsync();
        await first.ReceiveAsync(new byte[1000]);
        clock.Advance(TimeSpan.FromSeconds(12));
        await Assert.ThrowsAsync<SecretKeyException>(() => asked);

        var again = client.HoldsAsync(alice.Certificate.Fingerprint, alice.SigningKey, KeyOperation.Sign, KeyOwner.Ct);
        using var second = await AcceptAsync();
        Assert.False(await again);
    }

    [Theory]
    [InlineData("00000005 63 00000001", "breaks its protocol: a frame of kind 99")]
    [InlineData("7FFFFFFF 11 00000001", "breaks its protocol: a frame of 2147483647 octets")]
    [InlineData("00000006 11 00000001 00", "what the key holder signed is wrong")]
    [InlineData("0000000D 14 00000001 0006 7469726564 21", "tired!")]
    [InlineData("00000005 13 00000001", "breaks its protocol: a frame of kind 19")]
    public async Task AWrongAnswerIsAFailureThatSaysWhy(string answer, string reason)
    {
        await using var client = Client();
        var asked = alice.SignAsync(client);
        using var holder = await AcceptAsync();
        await holder.ReceiveAsync(new byte[1000]);
        await holder.SendAsync(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)));
        var failure = await Assert.ThrowsAsync<SecretKeyException>(() => asked);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherVersionOfTheProtocolIsNotSpoken()
    {
        await using var client = Client();
        var asked = alice.SignAsync(client);
        using var holder = await listener.AcceptAsync(KeyOwner.Ct);
        await holder.SendAsync((byte[])[0, 0, 0, 8, 16, 0, 0, 0, 0, 2, 0, 0]);
        var failure = await Assert.ThrowsAsync<SecretKeyException>(() => asked);
        Assert.Contains("version 2 of the protocol; this program speaks 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyThatIsAnnouncedTwiceIsABreachAndNobodyWaits()
    {
        await using var client = Client();
        var asked = alice.SignAsync(client);
        using var holder = await listener.AcceptAsync(KeyOwner.Ct);
        byte[] key = [3, 20, .. new byte[20], 20, .. new byte[20]];
        byte[] announcement = [16, 0, 0, 0, 0, 1, 0, 2, .. key, .. key];
        await holder.SendAsync((byte[])[0, 0, 0, (byte)announcement.Length, .. announcement]);
        var failure = await Assert.ThrowsAsync<SecretKeyException>(() => asked.WaitAsync(Patience.Ample, KeyOwner.Ct));
        Assert.EndsWith("is announced twice", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHolderThatIsNotThereIsNotTriedAgainAtOnce()
    {
        listener.Dispose();
        File.Delete(Path);
        await using var client = Client();
        var failure = await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(client));
        Assert.StartsWith($"the key holder at {Path} can't be reached: ", failure.Message, StringComparison.Ordinal);

        using var late = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        late.Bind(new UnixDomainSocketEndPoint(Path));
        late.Listen();
        await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(client));
        clock.Advance(TimeSpan.FromSeconds(1));
        var again = client.HoldsAsync(alice.Certificate.Fingerprint, alice.SigningKey, KeyOperation.Sign, KeyOwner.Ct);
        using var holder = await late.AcceptAsync(KeyOwner.Ct);
        await holder.SendAsync(Announcement);
        Assert.False(await again);
    }

    [Fact]
    public async Task WhoGivesUpWaitingDoesNotTakeTheOthersAnswers()
    {
        await using var client = Client();
        using var impatience = new CancellationTokenSource();
        using var signer = alice.Begin(new(), out var pending);
        var first = client.SignAsync(pending, KeyOwner.Use, impatience.Token).AsTask();
        using var holder = await AcceptAsync();
        await holder.ReceiveAsync(new byte[1000]);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = client.SignAsync(pending, KeyOwner.Use, KeyOwner.Ct).AsTask();
        await holder.ReceiveAsync(new byte[1000]);
        // "late" to the first question, which nobody waits for, then "no" to the second.
        await holder.SendAsync(Convert.FromHexString("0000000B14000000010004" + "6C617465" + "000000091400000002" + "0002" + "6E6F"));
        Assert.Equal("no", (await Assert.ThrowsAsync<SecretKeyException>(() => second)).Message);
    }

    public void Dispose()
    {
        listener.Dispose();
        directory.Dispose();
    }

    private KeyHolderClient Client() => new(Path, new KeyHolderClientOptions(), clock);

    private async Task<Socket> AcceptAsync()
    {
        var holder = await listener.AcceptAsync(KeyOwner.Ct);
        await holder.SendAsync(Announcement);
        return holder;
    }
}
