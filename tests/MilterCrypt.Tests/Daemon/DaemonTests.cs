using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>`miltercrypt serve` as its administrator sees it: what it says, when it ends, what it does with signals.</summary>
public sealed class DaemonTests(People people)
{
    [Fact]
    public async Task ItSaysWhereItListensAndEndsUponSigterm()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here, "inet:127.0.0.1:0", $"unix:{here.PathOf("m.sock")}");
        await daemon.WaitForMatchAsync(@"listening on inet:127\.0\.0\.1:[1-9]\d*");
        await daemon.WaitForTextAsync($"listening on unix:{here.PathOf("m.sock")}");

        await daemon.SignalAsync("TERM");
        Assert.Equal(0, await daemon.WaitAsync());
        await daemon.WaitForTextAsync("stopped");
    }

    [Fact]
    public async Task ItSeesKeysThatAnotherProcessImportsAndRemoves()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here);
        await here.ImportAsync(people.Bob);
        await daemon.WaitForTextAsync("keys: 1 changed, 1 in all");
        (await here.RunAsync("keys", "remove", "--yes", "bob@example.org")).OrThrow();
        await daemon.WaitForTextAsync("keys: 1 changed, 0 in all");
    }

    [Fact]
    public async Task ABadFileUponSighupLeavesTheOldConfigurationAndIsTold()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here);
        here.Configure("rules: [{encrypt: allways}]");
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync("the new configuration is not used, the old one stays in force: ");
        await daemon.WaitForTextAsync($"{here.ConfigurationFile}:3:19: rules[0].encrypt: 'allways'");

        here.Configure("rules: [{encrypt: never}, {encrypt: always}]");
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync("new configuration in force: 0 keys in ");
        await daemon.WaitForTextAsync("2 rules from");
        Assert.False(daemon.HasEnded);
    }

    [Fact]
    public async Task AnotherStoreUponSighupIsOpened()
    {
        using var here = new Installation();
        using var other = new Installation();
        await other.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        File.Copy(other.ConfigurationFile, here.ConfigurationFile, overwrite: true);
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync($"new configuration in force: 1 keys in sqlite:{other.Store}");
    }

    [Fact]
    public async Task AStoreThatIsPutBackIsNoticedWithoutBeingTold()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        File.Copy(here.Store, here.PathOf("backup.db"));
        await using var daemon = await StartAsync(here);
        await here.ImportAsync(people.Carol);
        await daemon.WaitForTextAsync("keys: 1 changed, 2 in all");

        // SQLite would take the old file's log for the new one's.
        File.Delete(here.Store + "-wal");
        File.Delete(here.Store + "-shm");
        File.Move(here.PathOf("backup.db"), here.Store, overwrite: true);
        await daemon.WaitForTextAsync("the key store is another one or an older one than before; read anew: 1 keys");
        await here.ImportAsync(people.Carol);
        await daemon.WaitForTextAsync("keys: 1 changed, 2 in all");
    }

    [Fact]
    public async Task AReloadOpensTheStoreAgainAndMakesNoEmptyOne()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        await using var daemon = await StartAsync(here);
        File.Move(here.Store, here.PathOf("away.db"));
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync("the old one stays in force: there is no key store");
        Assert.False(File.Exists(here.Store));
        File.Move(here.PathOf("away.db"), here.Store);
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync("new configuration in force: 1 keys in ");
    }

    [Fact]
    public async Task ADamagedEntryIsLoggedAndLaterKeysAreSeen()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={here.Store};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "insert into certificates values ('what?', x'00', 'test', 0, 0, 1, 1)";
            command.ExecuteNonQuery();
        }
        await daemon.WaitForTextAsync("a key is left out: the key store holds 'what?' in place of a fingerprint");
        await here.ImportAsync(people.Bob);
        await daemon.WaitForTextAsync("keys: 1 changed, 1 in all");
        var check = await here.RunAsync("check", "--no-mta");
        Assert.Equal(78, check.ExitCode);
        Assert.Contains("error: store: the key store holds 'what?'", check.OutputText, StringComparison.Ordinal);
        Assert.Contains("1 key\n", check.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceManagerThatIsGoneStopsNoReload()
    {
        using var here = new Installation();
        await using var daemon = ChildProcess.Start(
            "env", [$"NOTIFY_SOCKET={here.PathOf("nobody")}", MilterCryptProgram.Path, "serve", "--config", here.ConfigurationFile, "--listen", "inet:127.0.0.1:0"]);
        await daemon.WaitForTextAsync("the service manager can't be told how the daemon is: ");
        foreach (int rules in (int[])[2, 3])
        {
            here.Configure($"rules: [{string.Join(", ", Enumerable.Repeat("{encrypt: never}", rules))}]");
            await daemon.SignalAsync("HUP");
            await daemon.WaitForTextAsync($"new configuration in force: 0 keys in sqlite:{here.Store}, {rules} rules");
        }
    }

    [Fact]
    public async Task WhatCannotChangeWithoutARestartIsSaid()
    {
        using var here = new Installation();
        await using var daemon = await StartAsync(here);
        here.Configure("rules: [{encrypt: never}]\nlog: {format: json}\ntimeouts: {verdict: 1m}");
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync("log.format has changed; that takes effect at the next start");
        await daemon.WaitForTextAsync("timeouts has changed; that takes effect at the next start");
    }

    [Fact]
    public async Task LinesAreJsonWhereAskedFor()
    {
        using var here = new Installation(Installation.EncryptOrReject + "\nlog: {format: json}");
        await using var daemon = await StartAsync(here);
        using var line = JsonDocument.Parse(daemon.Said.Split('\n').First(text => text.Contains("listening", StringComparison.Ordinal)));
        Assert.Equal("information", line.RootElement.GetProperty("level").GetString());
        Assert.StartsWith("inet:127.0.0.1:", line.RootElement.GetProperty("address").GetString(), StringComparison.Ordinal);
        Assert.True(line.RootElement.TryGetProperty("time", out _));
    }

    [Fact]
    public async Task AnAddressThatIsTakenIsUnavailable()
    {
        using var here = new Installation();
        await using var first = await StartAsync(here, $"unix:{here.PathOf("m.sock")}");
        var second = await here.RunAsync("serve", "--listen", $"unix:{here.PathOf("m.sock")}");
        Assert.Equal(69, second.ExitCode);
        Assert.Contains("another process listens there", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatItNeedsIsCheckedAtTheStart()
    {
        using var here = new Installation();
        Assert.Equal(78, (await here.RunAsync("serve")).ExitCode);

        File.WriteAllText(here.ConfigurationFile, "store: sqlite:/nowhere/keys.db\nrules: [{encrypt: never}]\nlisten: inet:127.0.0.1:0\n");
        var noFolder = await here.RunAsync("serve");
        Assert.Equal(74, noFolder.ExitCode);
        Assert.Contains("/nowhere/keys.db can't be made", noFolder.Error, StringComparison.Ordinal);

        File.WriteAllText(here.ConfigurationFile, $"store: sqlite:{here.Store}\nspool: {{directory: /proc}}\nrules: [{{encrypt: never}}]\nlisten: inet:127.0.0.1:0\n");
        var noSpool = await here.RunAsync("serve");
        Assert.Equal(73, noSpool.ExitCode);
        Assert.Contains("spool.directory: no file can be made in /proc", noSpool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SystemdIsToldHowItIs()
    {
        using var here = new Installation();
        string address = here.PathOf("notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(address));
        await using var daemon = ChildProcess.Start(
            "env", [$"NOTIFY_SOCKET={address}", MilterCryptProgram.Path, "serve", "--config", here.ConfigurationFile, "--listen", "inet:127.0.0.1:0"]);
        Assert.Equal("READY=1\nSTATUS=filtering mail", await HearAsync(systemd));
        await daemon.SignalAsync("HUP");
        Assert.Equal("RELOADING=1", await HearAsync(systemd));
        Assert.Equal("READY=1\nSTATUS=filtering mail", await HearAsync(systemd));
        await daemon.SignalAsync("TERM");
        Assert.Equal("STOPPING=1", await HearAsync(systemd));
    }

    [Fact]
    public async Task LinesForJournaldHaveAPriorityAndNoClock()
    {
        using var here = new Installation();
        await using var daemon = ChildProcess.Start(
            "env", ["JOURNAL_STREAM=8:1", MilterCryptProgram.Path, "serve", "--config", here.ConfigurationFile, "--listen", "inet:127.0.0.1:0"]);
        await daemon.WaitForTextAsync("<6>listening on inet:127.0.0.1:");
    }

    private static async Task<string> HearAsync(Socket socket)
    {
        byte[] message = new byte[1000];
        using var deadline = new CancellationTokenSource(Patience.Ample);
        return Encoding.UTF8.GetString(message, 0, await socket.ReceiveAsync(message, deadline.Token));
    }

    private static Task<ChildProcess> StartAsync(Installation here, params string[] addresses)
    {
        string[] listen = addresses.Length > 0 ? addresses : ["inet:127.0.0.1:0"];
        return ServingProgram.StartAsync(here, [.. listen.SelectMany(address => new[] { "--listen", address })]);
    }
}
