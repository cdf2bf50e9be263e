using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Program;

/// <summary>`miltercrypt serve` on one socket, with configuration, key store and spool in a folder of its own. It can be killed
/// and started again on what it left behind.</summary>
public sealed class MilterCryptDaemon : IAsyncDisposable
{
    private readonly TestDirectory _directory;
    private readonly string _settings;
    private readonly string _trustedPeers;
    private ChildProcess? _process;

    /// <param name="rules">The rules of its configuration: YAML, the items of the list.</param>
    /// <param name="tcp">Whether it listens on TCP; otherwise on a Unix socket.</param>
    /// <param name="settings">Other settings of its configuration: YAML, lines of the outermost map.</param>
    /// <param name="secretKeys">Secret keys, armored, that it holds itself; null for none.</param>
    /// <param name="trustedPeers">The users for whom it uses them; null for nobody.</param>
    public MilterCryptDaemon(string rules, bool tcp, string settings = "", byte[]? secretKeys = null, string? trustedPeers = null)
    {
        _trustedPeers = trustedPeers is null ? "" : $", trusted-peers: [{trustedPeers}]";
        _directory = new TestDirectory();
        _settings = secretKeys is null ? settings : $"{settings}\nsecret-keys: {{held-by: daemon, directory: \"{Hold(secretKeys)}\"}}";
        Directory.CreateDirectory(_directory.PathOf("spool"));
        Socket = tcp ? new MilterSocket.Tcp(LoopbackPort.Free()) : new MilterSocket.Unix(_directory.PathOf("milter.sock"));
        Configure(rules);
    }

    public MilterSocket Socket { get; }

    public string ConfigurationFile => _directory.PathOf("miltercrypt.yaml");

    /// <summary>Where it may put what does not fit into memory.</summary>
    public string SpoolDirectory => _directory.PathOf("spool");

    public int ProcessId => Running.Id;

    /// <summary>Whether it was not started, or has ended.</summary>
    public bool HasEnded => _process is null or { HasEnded: true };

    /// <summary>What it has logged since it was last started.</summary>
    public string Log => Running.Said;

    private ChildProcess Running => _process ?? throw new InvalidOperationException("the daemon was not started");

    /// <summary>Writes the configuration anew; a daemon that runs goes on with the old one until <see cref="ReloadAsync"/>.</summary>
    public void Configure(string rules) => ConfigureWhole($"{_settings}\nrules:\n{rules}");

    /// <summary>Likewise, with other settings than the first.</summary>
    /// <param name="settings">YAML, lines of the outermost map: all but where it listens and keeps what it has.</param>
    public void ConfigureWhole(string settings)
    {
        string listen = Socket is MilterSocket.Unix(var path)
            ? $"{{address: \"unix:{path}\", mode: 666{_trustedPeers}}}"
            : $"{{address: \"{Socket.ForPostfix}\"{_trustedPeers}}}";
        _directory.Write("miltercrypt.yaml", $"""
            listen:
              - {listen}
            store: sqlite:{_directory.PathOf("keys.db")}
            spool:
              directory: {SpoolDirectory}
            {settings}

            """);
    }

    private string Hold(byte[] secretKeys)
    {
        string folder = _directory.PathOf("secret");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string file = Path.Combine(folder, "keys.asc");
        File.WriteAllBytes(file, secretKeys);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return folder;
    }

    public async Task StartAsync()
    {
        _process = ChildProcess.Start(MilterCryptProgram.Path, ["serve", "--config", ConfigurationFile]);
        await Patience.UntilAsync(
            async () => _process.HasEnded
                ? throw new InvalidOperationException($"exit code {_process.ExitCode}: {_process.Said}")
                : await Socket.AnswersAsync(),
            () => "miltercrypt does not listen: " + _process.Said);
    }

    /// <summary>SIGHUP: reads its configuration again. Returns when it has said whether that is in force.</summary>
    public async Task ReloadAsync()
    {
        int before = Log.Length;
        await Running.SignalAsync("HUP");
        await Patience.UntilAsync(
            () => Log[before..].Contains("new configuration in force", StringComparison.Ordinal)
                || Log[before..].Contains("the new configuration is not used", StringComparison.Ordinal),
            () => "the signal had no effect: " + Log);
    }

    /// <summary>SIGTERM; the exit code, or null where it does not end in time.</summary>
    public async Task<int?> StopAsync()
    {
        await Running.SignalAsync("TERM");
        return await Running.WaitAsync();
    }

    public Task SignalAsync(string name) => Running.SignalAsync(name);

    public Task<int?> WaitForEndAsync() => Running.WaitAsync();

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => Running.KillAsync();

    /// <summary>Puts keys into its store; what the program said of them.</summary>
    public async Task<string> ImportKeysAsync(byte[] keys, CancellationToken ct) =>
        (await MilterCryptProgram.RunAsync(["keys", "import", "--config", ConfigurationFile, "-"], keys, ct)).OrThrow().OutputText;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _directory.Dispose();
    }
}
