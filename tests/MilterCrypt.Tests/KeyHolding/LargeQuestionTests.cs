using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Custody.Holder;
using MilterCrypt.Native.LibC;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>A peer that asks questions of a hundred kilobytes, as no honest one does: the key holder holds no more than a mebibyte of
/// them, and answers them all.</summary>
public sealed class LargeQuestionTests : IAsyncDisposable
{
    private const int Mebibyte = 1024 * 1024;

    private readonly TestDirectory directory = new();
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
    private readonly CancellationTokenSource stop = new();
    private readonly LocalKeys keys;
    private Task running = Task.CompletedTask;

    public LargeQuestionTests() => keys = new LocalKeys(SecretKeyRing.Empty, TimeProvider.System, random, static _ => { });

    [Fact]
    public async Task WhileNobodyHasTimeForThemAMebibyteIsReadAndNoMore()
    {
        using var asker = Serve(workers: 0);
        byte[] question = Question();
        for (int asked = 0; asked + question.Length < Mebibyte; asked += question.Length)
            await SendAsync(asker, question);

        // What lies between the two sides is the kernel's, and the buffer for one frame.
        int more = 0;
        try
        {
            while (more < 64 * Mebibyte)
            {
                await SendAsync(asker, question).WaitAsync(TimeSpan.FromSeconds(2), KeyOwner.Ct);
                more += question.Length;
            }
        }
        catch (TimeoutException)
        {
            // It is not read.
        }

        Assert.InRange(more, 0, 2 * Mebibyte);
    }

    [Fact]
    public async Task AllAreAnsweredInTheEnd()
    {
        const int count = 100;
        using var asker = Serve(workers: 2);
        byte[] question = Question();
        var asking = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++)
                await SendAsync(asker, question);
        }, KeyOwner.Ct);
        // Behind the announcement of no keys: each is refused.
        await using var stream = new NetworkStream(asker);
        byte[] header = new byte[9];
        for (int i = 0; i <= count; i++)
        {
            await stream.ReadExactlyAsync(header, KeyOwner.Ct).AsTask().WaitAsync(Patience.Ample, KeyOwner.Ct);
            Assert.Equal(i == 0 ? 16 : 20, header[4]);
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(header) - 5], KeyOwner.Ct);
        }

        await asking;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        listener.Dispose();
        keys.Dispose();
        random.Dispose();
        stop.Dispose();
        directory.Dispose();
    }

    private Socket Serve(int workers)
    {
        var address = new UnixDomainSocketEndPoint(directory.PathOf("socket"));
        listener.Bind(address);
        listener.Listen();
        var options = new KeyHolderOptions { Peers = [FileIdentity.CurrentUser], Workers = workers, StopTimeout = TimeSpan.FromMilliseconds(1) };
        running = new KeyHolderServer(keys, options, TimeProvider.System, static _ => { }).RunAsync(listener, stop.Token);
        var asker = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        asker.Connect(address);
        return asker;
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> octets)
    {
        while (!octets.IsEmpty)
            octets = octets[await socket.SendAsync(octets, KeyOwner.Ct)..];
    }

    // "Open one of these hundred packets", as docs/secret-keys.md has it: RSA with 8192 bits, for a key that nobody has.
    private static byte[] Question()
    {
        byte[] packet = [3, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0x20, 0, 0x80, .. new byte[1023]];
        byte[] sized = [(byte)(packet.Length >> 8), (byte)packet.Length, .. packet];
        byte[] content =
        [
            2, 0, 0, 0, 7, 3, 0, 1, 20, .. new byte[20], 100, .. Enumerable.Repeat(sized, 100).SelectMany(static octets => octets),
            0, 4, .. "4XyZ"u8, 0, 3, .. "<a>"u8,
        ];
        byte[] frame = [0, 0, 0, 0, .. content];
        BinaryPrimitives.WriteInt32BigEndian(frame, content.Length);
        return frame;
    }
}
