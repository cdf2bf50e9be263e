using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>Peers that are not the daemon, or a daemon that somebody took over: nothing that one sends harms the others.</summary>
public sealed class HostilePeerTests
{
    private static readonly TimeSpan Ample = TestSupport.Patience.Ample;

    private static string Ourselves { get; } = Native.LibC.FileIdentity.CurrentUser.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task AUserWhoIsNoneOfThePeersIsClosedAtOnceAndTold()
    {
        // Whoever runs this test is not the user 4242.
        await using var holder = Holder("4242");
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        using var socket = Connect(holder);
        Assert.Empty(ReadToEnd(socket));
        string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await holder.WaitForTextAsync($"warning: a connection of uid {Ourselves}, pid {pid} is closed: it is none of the peers that may ask");

        await using var client = KeyOwner.ClientOf(holder.Socket);
        var refused = await Assert.ThrowsAsync<Engine.Custody.SecretKeyException>(() => alice.SignAsync(client));
        Assert.Contains("secret-keys.peers says whom it answers", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("key-use", holder.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFrameCutShortOrChangedAnywhereEndsThatConnectionAlone()
    {
        await using var holder = Holder(Ourselves);
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        await alice.SignAsync(client);

        byte[] question = Question(alice);
        Assert.Equal(17, Ask(holder, question)[4]);
        for (int length = 1; length < question.Length; length++)
            Assert.Empty(Ask(holder, question[..length]));
        for (int position = 0; position < question.Length; position++)
        {
            byte[] changed = [.. question];
            changed[position] ^= 0xFF;
            // Another key, hash or text is another question, and no broken one; whatever comes, it ends.
            Ask(holder, changed);
        }

        await holder.WaitForTextAsync("is closed: a frame of ");
        await holder.WaitForTextAsync("is closed: a frame that ends with the connection");
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));
    }

    [Fact]
    public async Task OneWhoAsksWithoutEndAndNeverReadsHoldsUpNobody()
    {
        await using var holder = Holder(Ourselves);
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        byte[] question = Question(alice);
        using var flood = Connect(holder);
        flood.Blocking = false;
        var flooding = Task.Run(() =>
        {
            // Until it is cut off, or nothing more is taken for a while.
            byte[] many = [.. Enumerable.Repeat(question, 100).SelectMany(static octets => octets)];
            for (int refused = 0, next = 0; refused < 500;)
            {
                try
                {
                    next = (next + flood.Send(many.AsSpan(next))) % many.Length;
                    refused = 0;
                }
                catch (SocketException full) when (full.SocketErrorCode == SocketError.WouldBlock)
                {
                    refused++;
                    Thread.Sleep(10);
                }
                catch (SocketException)
                {
                    return;
                }
            }
        }, KeyOwner.Ct);

        for (int i = 0; i < 50; i++)
            Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));
        await flooding.WaitAsync(Ample, KeyOwner.Ct);
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));
        string[] status = await File.ReadAllLinesAsync($"/proc/{holder.ProcessId.ToString(CultureInfo.InvariantCulture)}/status", KeyOwner.Ct);
        int kilobytes = int.Parse(status.Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ')[^2], CultureInfo.InvariantCulture);
        Assert.InRange(kilobytes, 1, 300_000);
    }

    [Fact]
    public async Task ThereAreSoManyConnectionsAndNoMore()
    {
        await using var holder = Holder(Ourselves);
        var alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        await holder.StartAsync();
        await using var client = KeyOwner.ClientOf(holder.Socket);
        await alice.SignAsync(client);
        var silent = Enumerable.Range(0, 100).Select(_ => Connect(holder)).ToArray();
        try
        {
            await holder.WaitForTextAsync("is closed: there are 64 already");
            Assert.True(await alice.VerifiesAsync(await alice.SignAsync(client)));
        }
        finally
        {
            foreach (var socket in silent)
                socket.Dispose();
        }

        await TestSupport.Patience.UntilAsync(() =>
        {
            using var again = Connect(holder);
            byte[] announcement = new byte[1];
            return Task.FromResult(again.Receive(announcement) == 1);
        }, () => "places are not given back");
    }

    private static KeyHolderProcess Holder(string peers)
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        return new KeyHolderProcess(peers);
    }

    private static Socket Connect(KeyHolderProcess holder)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)Ample.TotalMilliseconds };
        socket.Connect(new UnixDomainSocketEndPoint(holder.Socket));
        return socket;
    }

    // "Sign this digest", as docs/secret-keys.md has it.
    private static byte[] Question(KeyOwner owner)
    {
        using var signer = owner.Begin(new(), out var pending);
        byte[] key = owner.SigningKey.Fingerprint.Octets.ToArray();
        byte[] content =
        [
            1, 0, 0, 0, 7, (byte)key.Length, .. key, (byte)pending.HashAlgorithm, (byte)pending.Digest.Length, .. pending.Digest.Span,
            0, 4, .. "4XyZ"u8, 0, 3, .. "<a>"u8,
        ];
        byte[] frame = [0, 0, 0, 0, .. content];
        BinaryPrimitives.WriteInt32BigEndian(frame, content.Length);
        return frame;
    }

    /// <summary>What comes back behind the announcement.</summary>
    private static byte[] Ask(KeyHolderProcess holder, byte[] octets)
    {
        using var socket = Connect(holder);
        socket.Send(octets);
        socket.Shutdown(SocketShutdown.Send);
        byte[] all = ReadToEnd(socket);
        // A connection that is closed with something unread is reset, and loses what it said.
        return all.Length < 4 ? [] : all[(4 + BinaryPrimitives.ReadInt32BigEndian(all))..];
    }

    private static byte[] ReadToEnd(Socket socket)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        try
        {
            while (socket.Receive(buffer) is > 0 and var count)
                all.Write(buffer, 0, count);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
        }

        return all.ToArray();
    }
}
