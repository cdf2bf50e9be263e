using System.Net.Sockets;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Program;

/// <summary>`miltercrypt keyholder` with a folder of keys of its own. It can be killed and started again on what it left
/// behind.</summary>
public sealed class KeyHolderProcess : IAsyncDisposable
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestDirectory _directory = new();
    private readonly string _peers;
    private readonly string? _passphrase;
    private ChildProcess? _process;

    /// <param name="peers">Whom it answers, as the configuration has it.</param>
    /// <param name="passphrase">What its keys are locked with; null where they are not.</param>
    public KeyHolderProcess(string peers, string? passphrase = null)
    {
        _peers = peers;
        _passphrase = passphrase;
        Directory.CreateDirectory(KeyFolder, OwnersAlone | UnixFileMode.UserExecute);
        if (passphrase is not null)
            Write("passphrase", System.Text.Encoding.UTF8.GetBytes(passphrase + "\n"));
        Configure();
    }

    public string Socket => _directory.PathOf("socket");

    public string KeyFolder => _directory.PathOf("keys");

    public string ConfigurationFile => _directory.PathOf("miltercrypt.yaml");

    /// <summary>The folder of all this.</summary>
    public string Root => _directory.Root;

    public int ProcessId => Running.Id;

    public string Log => Running.Said;

    /// <summary>Whether it was not started, or has ended.</summary>
    public bool HasEnded => _process is null or { HasEnded: true };

    private ChildProcess Running => _process ?? throw new InvalidOperationException("the key holder was not started");

    /// <summary>Writes the configuration anew.</summary>
    /// <param name="more">Other lines of the outermost map.</param>
    public void Configure(string more = "") => _directory.Write("miltercrypt.yaml", $"""
        secret-keys:
          socket: {Socket}
          directory: {KeyFolder}
          peers: {_peers}
        {(_passphrase is null ? "" : $"  passphrase: file:{_directory.PathOf("passphrase")}")}
        {more}

        """);

    /// <summary>Writes a file into its folder of keys; gives its path.</summary>
    public string AddKey(string name, byte[] content) => Write(Path.Combine("keys", name), content);

    /// <param name="program">What runs it, such as a shell or runuser with its arguments; the program itself where empty.</param>
    public async Task StartAsync(params string[] program)
    {
        string[] command = [.. program, MilterCryptProgram.Path, "keyholder", "--config", ConfigurationFile];
        _process = ChildProcess.Start(command[0], command[1..]);
        await Patience.UntilAsync(
            () => _process.HasEnded
                ? throw new InvalidOperationException($"exit code {_process.ExitCode}: {_process.Said}")
                : Listens(),
            () => "the key holder does not listen: " + _process.Said);
    }

    /// <summary>SIGHUP: reads its keys again. Returns when it has.</summary>
    public async Task ReloadAsync()
    {
        int before = Log.Length;
        await SignalAsync("HUP");
        await Patience.UntilAsync(
            () => Log[before..].Contains("read again", StringComparison.Ordinal), () => "the signal had no effect: " + Log);
    }

    public Task SignalAsync(string name) => Running.SignalAsync(name);

    /// <summary>SIGTERM; the exit code, or null where it does not end in time.</summary>
    public async Task<int?> StopAsync()
    {
        await Running.SignalAsync("TERM");
        return await Running.WaitAsync();
    }

    public Task<int?> WaitForEndAsync() => Running.WaitAsync();

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => Running.KillAsync();

    public Task WaitForTextAsync(string text) => Running.WaitForTextAsync(text);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _directory.Dispose();
    }

    private bool Listens()
    {
        using var probe = new System.Net.Sockets.Socket(
            AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Write(string name, byte[] content)
    {
        string path = _directory.PathOf(name);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, OwnersAlone);
        return path;
    }
}
