using System.Globalization;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>What another process of the key holder's own user gets of it, and what another user does: nothing. Runs it as nobody,
/// for which the test must be root.</summary>
public sealed class SecrecyTests
{
    private const string Nobody = "nobody";

    [Fact]
    public async Task AnotherProcessOfTheSameUserCantLookIntoItNorTraceItNorDumpIt()
    {
        await using var holder = await StartAsNobodyAsync("0");
        string pid = holder.ProcessId.ToString(CultureInfo.InvariantCulture), process = $"/proc/{pid}";

        // That it is nobody's process, and that these ways in are open to processes which don't hide, must be seen first.
        await using var other = ChildProcess.Start("setpriv", [.. BeNobody()[1..], "sh", "-c", "echo ready; exec sleep 600"]);
        await other.WaitForTextAsync("ready");
        string sleeper = $"/proc/{other.Id.ToString(CultureInfo.InvariantCulture)}";
        Assert.Equal(await UidAsync(sleeper), await UidAsync(process));
        foreach (string open in (string[])["environ", "maps", "auxv"])
            Assert.Equal(0, (await AsNobodyAsync("sh", "-c", $": < {sleeper}/{open}")).ExitCode);

        foreach (string secret in (string[])["environ", "mem", "maps", "auxv", "fd/0", "task/" + pid + "/mem"])
            Assert.NotEqual(0, (await AsNobodyAsync("sh", "-c", $": < {process}/{secret}")).ExitCode);
        if (Command.Exists("strace"))
        {
            var traced = await AsNobodyAsync("timeout", "10", "strace", "-p", pid);
            Assert.Contains("Operation not permitted", traced.Error, StringComparison.Ordinal);
        }

        if (Command.Exists("gcore"))
        {
            string dump = Path.Combine(holder.Root, "dump");
            Assert.NotEqual(0, (await AsNobodyAsync("gcore", "-o", dump, pid)).ExitCode);
            Assert.False(File.Exists($"{dump}.{pid}"));
        }

        // The runtime's own door.
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*"));
        Assert.Contains("Max core file size        0                    0", await File.ReadAllTextAsync($"{process}/limits", KeyOwner.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItLeavesNoCoreFileWhenTheKernelEndsIt()
    {
        await using var holder = await StartAsNobodyAsync("0");
        await holder.SignalAsync("XCPU");
        Assert.NotNull(await holder.WaitForEndAsync());
        Assert.Empty(Directory.GetFiles(holder.Root, "*core*"));
        Assert.Empty(Directory.GetFiles("/", "core*"));
    }

    [Fact]
    public async Task AnotherUserGetsNothingEvenWhereTheSocketLetsThemIn()
    {
        Assert.SkipUnless(Command.Exists("perl"), "There is no perl to connect with as another user.");
        await using var holder = await StartAsNobodyAsync("0");
        File.SetUnixFileMode(holder.Socket, (UnixFileMode)Convert.ToInt32("777", 8));
        var answer = await AsNobodyAsync(
            "perl", "-MIO::Socket::UNIX", "-e",
            "my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die; my $n = sysread($s, my $b, 10); print 'read ', $n;", holder.Socket);
        Assert.Equal("read 0", answer.OutputText);
        await holder.WaitForTextAsync($"warning: a connection of uid {await UidAsync("/proc/" + holder.ProcessId.ToString(CultureInfo.InvariantCulture))}, pid ");
    }

    [Fact]
    public async Task ItSaysWhatWouldKeepItsMemoryOutOfSwapSpace()
    {
        await using var holder = await StartAsNobodyAsync("0", "prlimit", "--memlock=65536:65536");
        await holder.WaitForTextAsync(
            "warning: memory is not kept out of swap space: no more than 65536 octets may be locked (RLIMIT_MEMLOCK); LimitMEMLOCK=infinity or MemorySwapMax=0 in the unit does it");
    }

    [Fact]
    public async Task UnderNoLimitAllItsMemoryIsLocked()
    {
        Assert.SkipUnless(
            (await Command.RunAsync("prlimit", ["--memlock=unlimited", "true"], ct: KeyOwner.Ct)).ExitCode == 0,
            "The limit of locked memory can't be lifted here (CAP_SYS_RESOURCE).");
        await using var holder = await StartAsNobodyAsync("0", "prlimit", "--memlock=unlimited");
        Assert.DoesNotContain("memory is not kept", holder.Log, StringComparison.Ordinal);
        string[] status = await File.ReadAllLinesAsync($"/proc/{holder.ProcessId.ToString(CultureInfo.InvariantCulture)}/status", KeyOwner.Ct);
        long Kilobytes(string name) => long.Parse(
            status.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        Assert.True(Kilobytes("VmLck:") >= Kilobytes("VmRSS:"), string.Join('\n', status));
    }

    private static async Task<KeyHolderProcess> StartAsNobodyAsync(string peers, params string[] wrapper)
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can start it as another user.");
        Assert.SkipUnless(Command.Exists("runuser") && Command.Exists("prlimit"), "There is no runuser or prlimit (Debian's package util-linux).");
        var holder = new KeyHolderProcess(peers);
        KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        holder.AddKey("alice.asc", secrets);
        (await Command.RunAsync("chown", ["-R", Nobody, holder.Root])).OrThrow();
        await holder.StartAsync([.. wrapper, .. BeNobody()]);
        return holder;
    }

    // setpriv stays the same process, where runuser waits for another.
    private static string[] BeNobody()
    {
        var nobody = Native.LibC.SystemUser.Find(Nobody)!;
        return
        [
            "setpriv", "--reuid", nobody.Id.ToString(CultureInfo.InvariantCulture),
            "--regid", nobody.Groups[0].ToString(CultureInfo.InvariantCulture), "--clear-groups",
        ];
    }

    private static Task<CommandResult> AsNobodyAsync(params string[] command) =>
        Command.RunAsync("runuser", ["-u", Nobody, "--", .. command], ct: KeyOwner.Ct);

    private static async Task<string> UidAsync(string process)
    {
        string[] status = await File.ReadAllLinesAsync($"{process}/status", KeyOwner.Ct);
        return status.Single(static line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
    }
}
