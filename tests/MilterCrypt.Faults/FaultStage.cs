using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Journal.Sqlite;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Faults;

/// <summary>A real Postfix, the program between two taps, and a next hop that keeps what it gets: where messages are split while
/// things fail. Runs share it, one after the other.</summary>
public sealed class FaultStage : IAsyncDisposable
{
    private readonly TestDirectory directory = new();
    private readonly List<IAsyncDisposable> parts = [];
    private readonly Dictionary<CarriedMessage, Death> deaths = [];
    private readonly List<string> logs = [];
    private MilterCryptDaemon? daemon;
    private PostfixServer? postfix;
    private readonly SemaphoreSlim turn = new(1);
    private bool isTerminating;
    private bool isBuried;
    private bool wasKilled;
    private int logged;
    private int taken;

    private FaultStage(bool signs) => Signs = signs;

    /// <summary>Whether what is encrypted is signed too, with a key that a key holder has.</summary>
    public bool Signs { get; }

    public MilterCryptDaemon Daemon => daemon!;

    public PostfixServer Postfix => postfix!;

    /// <summary>Between Postfix and the daemon.</summary>
    public MilterTap Milter { get; private set; } = null!;

    /// <summary>Between the daemon and Postfix's listener for parts.</summary>
    public SmtpTap Injection { get; private set; } = null!;

    public SmtpSink Sink { get; private set; } = null!;

    public KeyHolderProcess? Holder { get; private set; }

    /// <summary>One of those with keys.</summary>
    public Correspondent Bob { get; private set; } = null!;

    public TinyDisk JournalDisk { get; private set; } = null!;

    public TinyDisk SpoolDisk { get; private set; } = null!;

    public string JournalFile => directory.PathOf("journal/journal.db");

    /// <summary>Why the journal's system calls can't be meddled with; or null.</summary>
    public string? NoTracing { get; private set; }

    /// <summary>What the daemon has logged in this run.</summary>
    public string Log => string.Concat(logs) + (isBuried ? "" : Daemon.Log[logged..]);

    /// <summary>How often the daemon said in this run that the message is taken.</summary>
    public int Taken => Milter.Taken - taken;

    /// <summary>Why there can be none here; or null.</summary>
    public static string? Missing() => PostfixServer.Missing() ?? Correspondent.Missing() ?? MilterCryptProgram.Missing();

    /// <param name="signs">Whether what is encrypted is signed too.</param>
    public static async Task<FaultStage> SetUpAsync(bool signs)
    {
        var stage = new FaultStage(signs);
        try
        {
            await stage.SetUpAsync();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Forgets the run before.</summary>
    public void BeginRun()
    {
        Injection.Forget();
        deaths.Clear();
        logs.Clear();
        logged = Daemon.Log.Length;
        taken = Milter.Taken;
    }

    /// <summary>What the daemon that handed a message over left of it; null where it still runs.</summary>
    public Death? DeathAfter(CarriedMessage carried) => deaths.GetValueOrDefault(carried);

    /// <summary>Does as a supervisor: a daemon that has ended is started again.</summary>
    public async Task EnsureRunningAsync()
    {
        await turn.WaitAsync();
        try
        {
            if (isTerminating && await Daemon.WaitForEndAsync() is null)
                throw new TimeoutException("the daemon does not end: " + Daemon.Log);
            isTerminating = false;
            if (Holder is { HasEnded: true })
                await Holder.StartAsync();
            if (!Daemon.HasEnded)
                return;
            await BuryAsync();
            // What was on its way to Postfix may have been handed on since.
            await LookIntoJournalAsync();
            await Daemon.StartAsync();
            (isBuried, logged) = (false, 0);
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task DoAsync(FaultAction action)
    {
        await turn.WaitAsync();
        try
        {
            await ActAsync(action);
        }
        finally
        {
            turn.Release();
        }
    }
    /// <summary>Waits until nothing is on its way any more: whatever was to be delivered has been.</summary>
    public Task SettleAsync() => Patience.UntilAsync(
        () => Injection.OpenLines == 0 && Milter.OpenLines == 0 && Postfix.QueueIsEmpty,
        () => $"{Injection.OpenLines} and {Milter.OpenLines} lines are open, and the queue is {(Postfix.QueueIsEmpty ? "empty" : "not empty")}");

    public async ValueTask DisposeAsync()
    {
        foreach (var part in parts.AsEnumerable().Reverse())
            await part.DisposeAsync();
        directory.Dispose();
        turn.Dispose();
    }

    private async Task ActAsync(FaultAction action)
    {
        switch (action)
        {
            case FaultAction.Kill:
                await Daemon.KillAsync();
                await BuryAsync();
                break;
            case FaultAction.Terminate:
                isTerminating = true;
                await Daemon.SignalAsync("TERM");
                break;
            case FaultAction.HangUp:
                await Daemon.SignalAsync("HUP");
                break;
            case FaultAction.CutMilter or FaultAction.ResetMilter:
                Milter.CutAll(reset: action == FaultAction.ResetMilter);
                break;
            case FaultAction.KillHolder:
                await Holder!.KillAsync();
                break;
        }
    }

    private async Task SetUpAsync()
    {
        Bob = Keep(await Correspondent.AppearAsync("bob@partner.example", "future-default"));
        var carol = Keep(await Correspondent.AppearAsync("carol@partner.example", "future-default"));
        var dora = Keep(await Correspondent.AppearAsync("dora@must.example", "future-default"));
        Sink = Keep(SmtpSink.Start());
        Directory.CreateDirectory(Path.GetDirectoryName(JournalFile)!);
        JournalDisk = Keep(await TinyDisk.MountAsync(Path.GetDirectoryName(JournalFile)!, 16));

        int injectionPort = LoopbackPort.Free();
        Injection = Keep(SmtpTap.Start(injectionPort));
        byte[] keys = [.. Bob.PublicKey, .. carol.PublicKey, .. dora.PublicKey];
        string custody = "";
        if (Signs)
        {
            var author = Keep(await Correspondent.AppearAsync(FaultMessage.Author, "future-default"));
            Holder = Keep(new KeyHolderProcess(peers: "0"));
            Holder.AddKey("alice.asc", await author.ExportSecretKeyAsync());
            await Holder.StartAsync();
            keys = [.. keys, .. author.PublicKey];
            custody = $"\nsecret-keys: {{held-by: keyholder, socket: \"{Holder.Socket}\"}}";
        }

        daemon = Keep(new MilterCryptDaemon(
            Rules(), tcp: false, $"reinject: smtp://127.0.0.1:{Injection.Port}\njournal: {JournalFile}{custody}", trustedPeers: Signs ? "root" : null));
        SpoolDisk = Keep(await TinyDisk.MountAsync(daemon.SpoolDirectory, 8));
        await daemon.ImportKeysAsync(keys, CancellationToken.None);
        await daemon.StartAsync();
        NoTracing = await JournalTrace.MissingAsync(daemon);
        Milter = Keep(MilterTap.Start(daemon.Socket));
        postfix = Keep(await PostfixServer.StartAsync((etc, port) =>
            PostfixConfiguration.Write(etc, port, Milter.Socket, Sink.Port, ["smtpd_authorized_xclient_hosts = 127.0.0.0/8"], injectionPort)));
    }

    private string Rules()
    {
        string sign = Signs ? "\n    sign: always" : "";
        return $"""
              - match: {"{domain: [clear.example, sender.example]}"}
                encrypt: never
              - match: {"{domain: must.example}"}
                encrypt: always{sign}
              - encrypt: when-possible{sign}
            """;
    }

    private async Task BuryAsync()
    {
        if (isBuried)
            return;
        isBuried = true;
        wasKilled = await Daemon.WaitForEndAsync() != 0;
        logs.Add(Daemon.Log[logged..]);
        await LookIntoJournalAsync();
    }

    /// <summary>Sees what a daemon that has ended left in its journal, in a copy, before the next one begins.</summary>
    private async Task LookIntoJournalAsync()
    {
        using var copy = new TestDirectory();
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(JournalFile)!, "journal.db*").Where(name => !name.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, copy.PathOf(Path.GetFileName(file)));
        foreach (var carried in Injection.Carried.Where(carried => !deaths.ContainsKey(carried)))
        {
            var traces = carried.QueueId is null || !carried.IsAnswered
                ? []
                : await SqliteJournal.TraceAsync(copy.PathOf("journal.db"), carried.QueueId, CancellationToken.None);
            deaths[carried] = new Death(wasKilled, traces.Any(trace => trace.InjectedQueueId == carried.QueueId && trace.State != HandoverState.Sending));
        }
    }

    private T Keep<T>(T part) where T : IAsyncDisposable
    {
        parts.Add(part);
        return part;
    }
}
