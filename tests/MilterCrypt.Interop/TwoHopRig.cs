using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop;

/// <summary>postfix-examples/two-hop as it stands, with what goes around a filter before the queue: aliases that forward, copies
/// for an archive, mail on hold, reports.</summary>
/// <param name="firstHop">Whether MilterCrypt is asked before the queue, too; else the second hop has to do it all.</param>
/// <param name="splits">Whether messages stay together up to the second hop, which splits them (postfix-examples/two-hop-split).</param>
public abstract class TwoHopRig(bool firstHop, bool splits = false) : IAsyncLifetime
{
    /// <summary>Is outside, gets mail in clear, and is with Bob behind <see cref="Team"/>, where messages are split.</summary>
    public const string Anna = "anna@clear.example", Team = "team@lists.example";

    public const string Forwarded = "fan@mx.test.example", Held = "held@mx.test.example", Unknown = "nobody-here@mx.test.example";

    /// <summary>What is here stays as it is; nothing leaves in clear.</summary>
    private const string Rules = """
        rules:
          - match: {domain: [mx.test.example, lists.example, clear.example]}
            encrypt: never
          - encrypt: always

        """;

    private PostfixServer? _server;
    private ChildProcess? _filter;
    private SmtpSink? _sink;
    private Correspondent? _bob, _archive;
    private TestDirectory? _directory;
    private SmtpTap? _handingBack;

    public PostfixServer Server => _server ?? throw NotThere();

    public SmtpSink Sink => _sink ?? throw NotThere();

    /// <summary>Is outside, and to whom <see cref="Forwarded"/> and <see cref="Held"/> lead.</summary>
    public Correspondent Bob => _bob ?? throw NotThere();

    /// <summary>Gets a copy of all.</summary>
    public Correspondent Archive => _archive ?? throw NotThere();

    /// <summary>Where the second hop listens.</summary>
    public int SecondHop { get; private set; }

    /// <summary>Between the filter and the listener where it hands back what it splits.</summary>
    public SmtpTap HandingBack => _handingBack ?? throw NotThere();

    public static void Require() => Assert.SkipWhen(Missing() is not null, Missing() ?? "");

    /// <summary>Waits until the server holds nothing more.</summary>
    public Task SettleAsync() => Patience.UntilAsync(() => Server.QueueIsEmpty, () => "the queue does not empty: " + Server.Log);

    /// <summary>Has everything in the queue queued anew, as the administrator does.</summary>
    public async Task RequeueAsync()
    {
        (await Command.RunAsync("postsuper", ["-c", _directory!.PathOf("etc"), "-r", "ALL"])).OrThrow();
        // Or it would wait until pickup looks by itself.
        (await Command.RunAsync("postkick", ["-c", _directory.PathOf("etc"), "public", "pickup", "W"])).OrThrow();
    }

    public async ValueTask InitializeAsync()
    {
        if (Missing() is not null)
            return;
        _bob = await Correspondent.AppearAsync("bob@partner.example", "future-default");
        _archive = await Correspondent.AppearAsync("archive@vault.example", "future-default");
        _sink = SmtpSink.Start();
        // The sockets are below the Postfix's queue, which must be there before the daemon.
        _server = await PostfixServer.StartAsync(Configure);
        string splitting = splits
            ? ExampleLayout.Read("two-hop-split", "miltercrypt.yaml", (10028, HandingBack.Port)).Replace("/var/lib/miltercrypt/", _directory!.Root + "/", StringComparison.Ordinal)
            : "";
        _filter = await StartFilterAsync(_directory!, splitting, [.. Bob.PublicKey, .. Archive.PublicKey]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_filter is not null)
            await _filter.DisposeAsync();
        if (_handingBack is not null)
            await _handingBack.DisposeAsync();
        if (_sink is not null)
            await _sink.DisposeAsync();
        if (_bob is not null)
            await _bob.DisposeAsync();
        if (_archive is not null)
            await _archive.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private void Configure(TestDirectory directory, int port)
    {
        (_directory, SecondHop) = (directory, LoopbackPort.Free());
        ExampleLayout.Write(directory, "two-hop", Sink.Port, port, (10027, SecondHop));
        directory.Write("etc/aliases", $"fan {Bob.Address}\nheld {Bob.Address}\n");
        ExampleLayout.SetMain(directory, $"""
            mydestination = mx.test.example
            local_transport = local:$myhostname
            alias_maps = texthash:{directory.PathOf("etc/aliases")}
            always_bcc = {Archive.Address}
            smtpd_recipient_restrictions = check_recipient_access inline:{"{"}{Held}=HOLD{"}"}
            {(firstHop ? "" : "smtpd_milters =\nnon_smtpd_milters =")}

            """);
        File.AppendAllText(directory.PathOf("etc/master.cf"), "local unix - n n - - local\n");
        if (!splits)
            return;
        int listener = LoopbackPort.Free();
        _handingBack = SmtpTap.Start(listener);
        ExampleLayout.Add(directory, "two-hop-split", isStarted: true, (10028, listener));
        directory.Write("etc/virtual", $"{Team} {Bob.Address}, {Anna}\n");
        ExampleLayout.SetMain(directory, $"virtual_alias_domains = lists.example\nvirtual_alias_maps = texthash:{directory.PathOf("etc/virtual")}\n");
    }

    private static async Task<ChildProcess> StartFilterAsync(TestDirectory directory, string splitting, byte[] keys)
    {
        string example = ExampleLayout.Filter(directory, "two-hop");
        string configuration = directory.Write("miltercrypt.yaml", example[..example.IndexOf("store:", StringComparison.Ordinal)] + $"""
            store: sqlite:{directory.PathOf("keys.db")}
            spool: {"{"}directory: {directory.Root}{"}"}
            {Rules}
            {splitting}
            """);
        (await MilterCryptProgram.RunAsync(["keys", "import", "--config", configuration, "-"], keys, CancellationToken.None)).OrThrow();
        var filter = ChildProcess.Start(MilterCryptProgram.Path, ["serve", "--config", configuration]);
        foreach (string socket in (string[])["milter", "egress"])
        {
            var address = new MilterSocket.Unix(directory.PathOf($"queue/miltercrypt/{socket}.sock"));
            await Patience.UntilAsync(
                async () => filter.HasEnded ? throw new InvalidOperationException(filter.Said) : await address.AnswersAsync(),
                () => $"miltercrypt does not listen: {filter.Said}");
        }
        return filter;
    }

    private static string? Missing() => PostfixServer.Missing() ?? Correspondent.Missing() ?? MilterCryptProgram.Missing();

    private static InvalidOperationException NotThere() => new("the rig was not set up: call Require() first");
}

public sealed class BothHops() : TwoHopRig(firstHop: true);

public sealed class SecondHopAlone() : TwoHopRig(firstHop: false);

public sealed class SplittingSecondHop() : TwoHopRig(firstHop: true, splits: true);
