using System.Net;
using System.Net.Sockets;
using MilterCrypt.MailServers;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Native.LibC;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Tests.MailServers;

/// <summary>Who answers at an address, who may go there, and programs that don't end.</summary>
public sealed class SocketTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task WhereNobodyListensNobodyAnswers()
    {
        using var here = new TestDirectory();
        using var taken = Bound();
        Assert.IsType<SocketAnswer.Nobody>(await AskAsync(Endpoint(taken), Generous));
        Assert.IsType<SocketAnswer.Nobody>(await AskAsync(new MilterEndpoint.Unix(here.PathOf("none.sock")), Generous));
        using var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        stale.Bind(new UnixDomainSocketEndPoint(here.PathOf("stale.sock")));
        Assert.IsType<SocketAnswer.Nobody>(await AskAsync(new MilterEndpoint.Unix(here.PathOf("stale.sock")), Generous));
    }

    [Fact]
    public async Task AnSmtpServerIsNoMilter()
    {
        using var server = Bound();
        server.Listen();
        var answer = AskAsync(Endpoint(server), Generous);
        using var client = await server.AcceptAsync(TestContext.Current.CancellationToken);
        await client.SendAsync("220 mail.example ESMTP\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.IsType<SocketAnswer.Other>(await answer);
    }

    [Fact]
    public async Task OneThatSaysNothingIsGivenUp()
    {
        using var server = Bound();
        server.Listen();
        var answer = Assert.IsType<SocketAnswer.Other>(await AskAsync(Endpoint(server), TimeSpan.FromSeconds(0.5)));
        Assert.Equal("no answer within 0.5s", answer.Reason);
    }

    [Fact]
    public void WhoMayNotEnterAFolderOrWriteToTheSocketIsTold()
    {
        using var here = new TestDirectory();
        string folder = Directory.CreateDirectory(here.PathOf("in"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        string file = here.Write("in/m.sock", "");
        var owner = new SystemUser("owner", FileIdentity.CurrentUser, []);
        var stranger = new SystemUser("stranger", 4_000_000, []);
        string? For(SystemUser user) => SocketReach.Obstacle(user, here.Root, new MilterEndpoint.Unix(file));

        File.SetUnixFileMode(file, UnixFileMode.UserWrite);
        Assert.Null(For(owner));
        Assert.StartsWith($"stranger may not enter {folder} (", For(stranger), StringComparison.Ordinal);
        File.SetUnixFileMode(folder, UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Assert.StartsWith($"stranger may not write to {file} (", For(stranger), StringComparison.Ordinal);
        // Through a group of theirs, as `adduser postfix miltercrypt` makes it.
        File.SetUnixFileMode(file, UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        Assert.Null(For(stranger with { Groups = [1, FileRights.Of(file)!.Group] }));
        File.SetUnixFileMode(file, UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Assert.Null(For(stranger));
        // The class that somebody is of decides, even where others may more.
        Assert.NotNull(For(stranger with { Groups = [FileRights.Of(file)!.Group] }));
    }

    [Fact]
    public void RootIsRootAndNobodyElse()
    {
        Assert.Equal(0u, SystemUser.Find("root")!.Id);
        Assert.Contains(0u, SystemUser.Find("root")!.Groups);
        Assert.Null(SystemUser.Find("no such user"));
    }

    [Fact]
    public async Task AProgramThatDoesNotEndIsKilledAndOneThatSaysTooMuchIsNotBelieved()
    {
        var slow = await ProgramRun.OfAsync("/bin/sleep", ["1000"], TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);
        Assert.Equal("sleep takes longer than 0.5s", slow.Failure);
        var loud = await ProgramRun.OfAsync("/usr/bin/head", ["-c", "10000000", "/dev/zero"], Generous, TestContext.Current.CancellationToken);
        Assert.Equal("head says more than 8 MiB", loud.Failure);
        var wrong = await ProgramRun.OfAsync("/bin/ls", ["/nowhere"], Generous, TestContext.Current.CancellationToken);
        Assert.Contains("ls says: ", wrong.Failure, StringComparison.Ordinal);
        Assert.NotNull((await ProgramRun.OfAsync("/nowhere/program", [], Generous, TestContext.Current.CancellationToken)).Failure);
    }

    private static Task<SocketAnswer> AskAsync(MilterEndpoint endpoint, TimeSpan patience) =>
        SocketAnswer.OfAsync(endpoint, patience, TestContext.Current.CancellationToken);

    // Bound, so that nobody else gets the port meanwhile, but not listening.
    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static MilterEndpoint.Inet Endpoint(Socket socket) => new("127.0.0.1", ((IPEndPoint)socket.LocalEndPoint!).Port, IPv6Only: false);
}
