using System.Net.Sockets;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Milter.Tests.Listening;

public sealed class MilterEndpointTests
{
    [Theory]
    [InlineData("unix:/run/m.sock", "unix:/run/m.sock")]
    [InlineData("local:/run/m.sock", "unix:/run/m.sock")]
    [InlineData("inet:127.0.0.1:8891", "inet:127.0.0.1:8891")]
    [InlineData("inet:8891@127.0.0.1", "inet:127.0.0.1:8891")]
    [InlineData("inet:localhost:0", "inet:localhost:0")]
    [InlineData("inet6:[::1]:8891", "inet6:[::1]:8891")]
    [InlineData("inet:[::1]:8891", "inet:[::1]:8891")]
    [InlineData("inet6:8891@::1", "inet6:[::1]:8891")]
    [InlineData("inet6:8891@[::1]", "inet6:[::1]:8891")]
    [InlineData("systemd:milter.in-2", "systemd:milter.in-2")]
    public void BothNotationsAreRead(string text, string expected)
    {
        Assert.True(MilterEndpoint.TryParse(text, out MilterEndpoint? endpoint, out _));
        Assert.Equal(expected, endpoint.ToString());
    }

    [Theory]
    [InlineData("", "not an address")]
    [InlineData("/run/m.sock", "not an address")]
    [InlineData("tcp:1.2.3.4:5", "not an address")]
    [InlineData("unix:m.sock", "must begin with '/'")]
    [InlineData("unix:", "must begin with '/'")]
    [InlineData("inet:8891", "needs a host and a port")]
    [InlineData("inet:127.0.0.1:", "not a port number")]
    [InlineData("inet:127.0.0.1:65536", "not a port number")]
    [InlineData("inet:127.0.0.1:-1", "not a port number")]
    [InlineData("inet:http@host", "not a port number")]
    [InlineData("inet::8891", "host is missing")]
    [InlineData("inet:8891@", "host is missing")]
    [InlineData("inet:8891@a@b", "second '@'")]
    [InlineData("inet:a b:8891", "a blank")]
    [InlineData("inet6:::1:8891", "brackets")]
    [InlineData("systemd:", "FileDescriptorName=")]
    [InlineData("systemd:a:b", "FileDescriptorName=")]
    [InlineData("systemd:a b", "FileDescriptorName=")]
    public void AWrongAddressIsExplained(string text, string reason)
    {
        Assert.False(MilterEndpoint.TryParse(text, out _, out string? error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void APathTooLongForTheKernelIsExplained()
    {
        Assert.False(MilterEndpoint.TryParse("unix:/" + new string('x', 107), out _, out string? error));
        Assert.Contains("107 bytes", error, StringComparison.Ordinal);
        Assert.True(MilterEndpoint.TryParse("unix:/" + new string('x', 106), out _, out _));
    }
}

public sealed class MilterListenSocketTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("milter-").FullName;

    private string SocketPath => Path.Combine(directory, "m.sock");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task AUnixSocketHasTheModeThatWasAskedForAndIsGoneAfterwards()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite;
        using (await OpenAsync(new MilterSocketOptions { Mode = Mode }))
            Assert.Equal(Mode, File.GetUnixFileMode(SocketPath));
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task ASocketThatNobodyListensOnAnyMoreIsReplaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath));
            using MilterListenSocket replaced = await OpenAsync(new MilterSocketOptions());
            Assert.True(File.Exists(SocketPath));
        }
    }

    [Fact]
    public async Task ASocketInUseIsLeftAlone()
    {
        using MilterListenSocket first = await OpenAsync(new MilterSocketOptions());
        var refused = await Assert.ThrowsAsync<MilterListenException>(() => OpenAsync(new MilterSocketOptions()));
        Assert.Contains("another process listens there", refused.Message, StringComparison.Ordinal);
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await probe.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), Ct);
    }

    [Fact]
    public async Task AFileThatIsNoSocketIsNeverReplaced()
    {
        await File.WriteAllTextAsync(SocketPath, "precious", Ct);
        var refused = await Assert.ThrowsAsync<MilterListenException>(() => OpenAsync(new MilterSocketOptions()));
        Assert.Contains("not a socket", refused.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath, Ct));
    }

    [Fact]
    public async Task AnUnknownGroupAndAMissingDirectoryAreExplained()
    {
        var refused = await Assert.ThrowsAsync<MilterListenException>(() => OpenAsync(new MilterSocketOptions { Group = "no-such-group-x" }));
        Assert.Contains("no group 'no-such-group-x'", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MilterListenException>(() => MilterListenSocket.OpenAsync(
            new MilterEndpoint.Unix(Path.Combine(directory, "missing", "m.sock")), new MilterSocketOptions(), Ct));
    }

    [Fact]
    public async Task TheSocketIsGivenToTheGroup()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("Giving a file to another group needs root.");
        using MilterListenSocket socket = await OpenAsync(new MilterSocketOptions { Group = "daemon" });
        using var stat = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%G %a", SocketPath]) { RedirectStandardOutput = true })!;
        Assert.Equal("daemon 660\n", await stat.StandardOutput.ReadToEndAsync(Ct));
    }

    [Fact]
    public async Task ATcpPortInUseIsExplained()
    {
        var any = new MilterEndpoint.Inet("127.0.0.1", 0, false);
        using MilterListenSocket first = await MilterListenSocket.OpenAsync(any, new MilterSocketOptions(), Ct);
        var refused = await Assert.ThrowsAsync<MilterListenException>(
            () => MilterListenSocket.OpenAsync(first.Endpoint, new MilterSocketOptions(), Ct));
        Assert.Contains(first.Endpoint.ToString(), refused.Message, StringComparison.Ordinal);
    }

    private Task<MilterListenSocket> OpenAsync(MilterSocketOptions options) =>
        MilterListenSocket.OpenAsync(new MilterEndpoint.Unix(SocketPath), options, Ct);
}
