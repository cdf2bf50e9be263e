using System.Net.Sockets;
using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>A daemon of which more is asked than it has room for.</summary>
public sealed class CrowdedDaemonTests(People people)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AFloodOfConnectionsLeavesFileDescriptorsForSpoolKeyStoreAndLog()
    {
        Assert.SkipUnless(Command.Exists("prlimit"), "There is no prlimit (Debian's package util-linux).");
        using var here = new Installation(Installation.EncryptOrReject);
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here, "prlimit", "--nofile=512:512");
        await daemon.WaitForTextAsync("file descriptors are enough for ");

        // All of these have a message in flight that is too large for memory, and so a file each.
        var busy = new List<MilterClient>();
        var flood = new List<Socket>();
        try
        {
            while (await TryBeginAsync(here) is { } client)
                busy.Add(client);
            Assert.InRange(busy.Count, 50, 128);
            for (int i = 0; i < 1000; i++)
                flood.Add(await KnockAsync(here));

            byte[] piece = new byte[65535];
            foreach (var client in busy)
            {
                for (int i = 0; i < 12; i++)
                    await client.BodyAsync(piece, Ct);
            }

            foreach (var client in busy)
            {
                var answers = await client.EndOfMessageAsync(Ct).WaitAsync(Patience.Ample, Ct);
                Assert.Equal("continue", answers[^1].ToString());
                Assert.Contains(answers, answer => answer.Code == (byte)'b');
            }

            await here.ImportAsync(people.Carol);
            await daemon.WaitForTextAsync("keys: 1 changed, 2 in all");
            await daemon.WaitForTextAsync("file descriptors run short (512 allowed)");
            Assert.DoesNotContain(" error: ", daemon.Said, StringComparison.Ordinal);
        }
        finally
        {
            foreach (var client in busy)
                await client.DisposeAsync();
            foreach (var socket in flood)
                socket.Dispose();
        }
    }

    [Fact]
    public async Task ASpoolThatIsSpentDefersTheMessage()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        File.WriteAllText(
            here.ConfigurationFile,
            $"store: sqlite:{here.Store}\nspool: {{directory: {here.PathOf("")}, message-memory: 64KiB, memory: 64KiB, disk: 64KiB}}\n{Installation.EncryptOrReject}\n");
        await using var daemon = await StartAsync(here, "env");
        await using var client = await OpenAsync(here);
        var letter = new ClientMessage(
            "<alice@example.org>", ["<bob@example.org>"], [new HeaderField("From", Encoding.ASCII.GetBytes(" alice@example.org"))], new byte[500_000]);
        Assert.StartsWith("452 4.3.1 ", (await client.DeliverAsync(letter, Ct)).Final.ToString(), StringComparison.Ordinal);
        Assert.Equal("continue", (await client.DeliverAsync(letter with { Body = "short\r\n"u8.ToArray() }, Ct)).Final.ToString());
    }

    [Fact]
    public async Task WhoConnectsIsToldAtDebugLevel()
    {
        using var here = new Installation("rules: [{encrypt: never}]\nlog: {level: debug}");
        await using var daemon = await StartAsync(here, "env");
        await using var client = await OpenAsync(here);
        await daemon.WaitForTextAsync(": connected to unix:" + here.PathOf("m.sock") + " by a process of user ");
    }

    // A connection that gets its message to the point where only the body is missing; null for one that is deferred.
    private static async Task<MilterClient?> TryBeginAsync(Installation here)
    {
        var client = await OpenAsync(here);
        if ((await client.MailAsync("<alice@example.org>", Ct)).GoesOn)
        {
            await client.RecipientAsync("<bob@example.org>", Ct);
            await client.HeaderAsync(new HeaderField("From", Encoding.ASCII.GetBytes(" alice@example.org")), Ct);
            await client.EndOfHeaderAsync(Ct);
            return client;
        }

        await client.DisposeAsync();
        return null;
    }

    private static Task<MilterClient> OpenAsync(Installation here) =>
        MilterClient.OpenAsync(new MilterEndpoint.Unix(here.PathOf("m.sock")), MtaHabits.Postfix, Ct);

    private static async Task<Socket> KnockAsync(Installation here)
    {
        for (long begun = TimeProvider.System.GetTimestamp(); ; await Task.Delay(10, Ct))
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(here.PathOf("m.sock")), Ct);
                return socket;
            }
            catch (SocketException full) when (full.SocketErrorCode == SocketError.WouldBlock && TimeProvider.System.GetElapsedTime(begun) < Patience.Ample)
            {
                // As many as the kernel keeps have not been accepted yet.
                socket.Dispose();
            }
        }
    }

    private static Task<ChildProcess> StartAsync(Installation here, params string[] wrapper) =>
        ServingProgram.StartAsync(here, ServingProgram.ListenOnSocket(here), wrapper);
}
