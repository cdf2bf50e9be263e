using System.Buffers;
using System.Globalization;
using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Milter.Tests.Listening;

/// <summary>What a filter is told of the milter connection that a message came by.</summary>
public sealed class ListenerFactsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AMessageKnowsItsListener(bool tcp)
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter, tcp, listener: new MilterListenerOptions { Tag = "behind the queue" });
        await using var client = await server.GreetAsync();
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Equal(new MilterListener(server.Endpoint.ToString(), "behind the queue"), filter.Last.Mail.Session.Listener);
    }

    [Fact]
    public async Task AUnixSocketTellsWhoIsAtItsOtherEnd()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        await client.DeliverAsync(Some.Message, Ct);
        var ourselves = (await Command.RunAsync("stat", ["-c", "%u %g", "/proc/self"], ct: Ct)).OrThrow().OutputText.Split(' ');
        Assert.Equal(
            new PeerCredentials(
                uint.Parse(ourselves[0], CultureInfo.InvariantCulture), uint.Parse(ourselves[1], CultureInfo.InvariantCulture), Environment.ProcessId),
            filter.Last.Mail.Session.Peer);
    }

    [Fact]
    public async Task ATcpConnectionTellsNobody()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter, tcp: true);
        await using var client = await server.GreetAsync();
        await client.DeliverAsync(Some.Message, Ct);
        Assert.Null(filter.Last.Mail.Session.Peer);
    }

    [Fact]
    public async Task AnotherUserIsKnownByItsNumbers()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Running a program as another user needs root.");
        Assert.SkipUnless(Command.Exists("setpriv") && Command.Exists("perl"), "There is no setpriv, or no perl.");
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter);
        string path = ((MilterEndpoint.Unix)server.Endpoint).Path;
        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(Path.GetDirectoryName(path)!, everybody);
        File.SetUnixFileMode(path, everybody);

        await using var other = ChildProcess.Start(
            "setpriv",
            [
                "--reuid", "12345", "--regid", "23456", "--clear-groups", "perl", "-MSocket", "-e",
                """socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($ARGV[0])) or die "$!\n"; syswrite(S, pack("H*", $ARGV[1])); sleep 60""",
                path, Convert.ToHexString(BeginningOfAMessage()),
            ]);
        await Patience.UntilAsync(() => !filter.Seen.IsEmpty, () => "no message comes: " + other.Said);
        Assert.Equal(new PeerCredentials(12345, 23456, other.Id), filter.Last.Mail.Session.Peer);
    }

    private static byte[] BeginningOfAMessage()
    {
        var output = new ArrayBufferWriter<byte>();
        MtaHabits.Postfix.Offer.Write(output, new Dictionary<MacroStage, string>());
        FrameWriter.WriteBytes(output, MilterCommand.Mail, Encoding.ASCII.GetBytes("<a@a.example>\0"));
        return output.WrittenSpan.ToArray();
    }
}
