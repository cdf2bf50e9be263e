using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Health;
using MilterCrypt.Milter.Client;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Health;

/// <summary>/readyz of the running daemon: each reason not to send it mail, and that it goes away.</summary>
public sealed class ReadinessTests(People people)
{
    private const string Rules = "rules: [{encrypt: when-possible}]";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ADaemonThatServesIsReady()
    {
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}");
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await daemon.GetAsync("/readyz"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await daemon.GetAsync("/healthz"));
    }

    [Fact]
    public async Task BeforeTheSocketsAreOpenItIsNot()
    {
        using var here = new Installation(Rules);
        var settings = Assert.IsType<ConfigurationResult.Loaded>(await ConfigurationFile.ReadAsync(here.ConfigurationFile, Token)).Settings;
        var budget = new SpoolBudget(settings.Spool.Memory, settings.Spool.Disk);
        using var random = RandomNumberGenerator.Create();
        var clock = new FakeTimeProvider();
        await using var journal = HandoverJournal.InMemory(new JournalOptions(), clock, random);
        var builder = new SnapshotBuilder(budget, clock, random, secretKeys: null, journal, NullLogger.Instance);
        var snapshots = new SnapshotHolder(await builder.BuildAsync(settings, settings.Store!, null, Token));
        await using var keys = snapshots.Current.Keys;
        await using var watch = new HealthWatch(snapshots, clock);
        var readiness = new Readiness(snapshots, budget, watch);
        Assert.Equal(["starting: no socket is open yet"], readiness.Reasons());
        readiness.Serving();
        Assert.Empty(readiness.Reasons());
    }

    [Fact]
    public async Task FromTheMomentThatItIsToldToStopItIsNotButStillLivesAndFinishes()
    {
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}\ntimeouts: {{stop: 5m}}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var mta = await daemon.ConnectAsync();
        await mta.MailAsync("<alice@example.org>", Token);
        await daemon.Process.SignalAsync("TERM");
        await daemon.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, "stopping: what is under way is being finished");
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await daemon.GetAsync("/healthz"));

        await mta.RecipientAsync("<bob@example.org>", Token);
        await mta.EndOfHeaderAsync(Token);
        await mta.BodyAsync("secret\r\n"u8.ToArray(), Token);
        Assert.Equal("continue", (await mta.EndOfMessageAsync(Token))[^1].ToString());
        Assert.Equal(0, await daemon.Process.WaitAsync());
    }

    [Fact]
    public async Task AKeyStoreThatIsGoneIsAReason()
    {
        using var here = new Installation($"{Rules}\n{MonitoredDaemon.Http}");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        File.Move(here.Store, here.PathOf("away.db"));
        await daemon.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, @"store: the key store was last read without error \d+ s ago");
        File.Move(here.PathOf("away.db"), here.Store);
        await daemon.UntilReadyzAsync(HttpStatusCode.OK, "ok");
    }

    [Fact]
    public async Task ASpoolDirectoryThatIsGoneIsAReason()
    {
        using var here = new Installation();
        string spool = here.PathOf("spool");
        Directory.CreateDirectory(spool);
        File.WriteAllText(here.ConfigurationFile, $"store: sqlite:{here.Store}\nspool: {{directory: {spool}}}\n{Rules}\n{MonitoredDaemon.Http}\n");
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        Directory.Delete(spool);
        await daemon.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, $"spool.directory: there is no directory {spool}");
        Directory.CreateDirectory(spool);
        await daemon.UntilReadyzAsync(HttpStatusCode.OK, "ok");
    }

    [Fact]
    public async Task ASpoolWithoutRoomInMemoryIsAReasonAsLongAsItIsHeld()
    {
        using var here = new Installation();
        File.WriteAllText(here.ConfigurationFile, $"store: sqlite:{here.Store}\nspool: {{directory: {here.PathOf("")}, memory: 64KiB}}\n{Rules}\n{MonitoredDaemon.Http}\n");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var holder = await daemon.ConnectAsync();
        await BeginAsync(holder, pieces: 3);
        await daemon.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, "spool.memory: it is spent");
        Assert.Equal(64 << 10, (await daemon.MetricsAsync()).Series["miltercrypt_spool_memory_bytes"]);

        await using var other = await daemon.ConnectAsync();
        Assert.StartsWith("452 4.3.1 ", (await other.DeliverAsync(MonitoredDaemon.Letter("bob@example.org"), Token)).Final.ToString(), StringComparison.Ordinal);
        await daemon.MetricsWhenAsync("miltercrypt_spool_refused_messages_total{cause=\"spent\"}", 1);
        await holder.AbortAsync(Token);
        await daemon.UntilReadyzAsync(HttpStatusCode.OK, "ok");
        Assert.Equal(0, (await daemon.MetricsAsync()).Series["miltercrypt_spool_memory_bytes"]);
    }

    [Fact]
    public async Task ASpoolWithoutRoomOnTheDiskIsAReason()
    {
        using var here = new Installation();
        File.WriteAllText(here.ConfigurationFile, $"store: sqlite:{here.Store}\nspool: {{directory: {here.PathOf("")}, disk: 1MiB, memory: 128KiB}}\n{Rules}\n{MonitoredDaemon.Http}\n");
        await here.ImportAsync(people.Bob);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var holder = await daemon.ConnectAsync();
        await BeginAsync(holder, pieces: 10);
        await daemon.UntilReadyzAsync(HttpStatusCode.ServiceUnavailable, "spool.disk: it is spent");
        Assert.Equal(1 << 20, (await daemon.MetricsAsync()).Series["miltercrypt_spool_disk_bytes"]);
        await holder.AbortAsync(Token);
        await daemon.UntilReadyzAsync(HttpStatusCode.OK, "ok");
    }

    /// <summary>A message to Bob that is under way, with so many pieces of its body.</summary>
    private static async Task BeginAsync(MilterClient mta, int pieces)
    {
        await mta.MailAsync("<alice@example.org>", Token);
        await mta.RecipientAsync("<bob@example.org>", Token);
        await mta.EndOfHeaderAsync(Token);
        for (int i = 0; i < pieces; i++)
            await mta.BodyAsync(RandomNumberGenerator.GetBytes(65535), Token);
    }
}
