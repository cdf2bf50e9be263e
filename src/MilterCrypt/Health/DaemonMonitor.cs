using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Health;

/// <summary>All that tells how the daemon is: its meters, and where the configuration wants it, the HTTP port. Owned by the
/// daemon; opened before the first socket for mail and closed after the last.</summary>
internal sealed class DaemonMonitor : IAsyncDisposable
{
    private readonly HttpSettings? settings;
    private readonly Meter program = new("MilterCrypt", ProgramVersion.Text);
    private readonly MetricReader? reader;
    private HealthWatch? watch;
    private Readiness? readiness;
    private HealthServer? server;

    /// <param name="settings">Where it can be read, or null for nowhere: then nothing is kept and nothing looked after.</param>
    public DaemonMonitor(HttpSettings? settings)
    {
        this.settings = settings;
        reader = settings is null ? null : new MetricReader(program, Milter);
        Mail = new MailMetrics(program);
    }

    /// <summary>Where the milter library records.</summary>
    public Meter Milter { get; } = new("MilterCrypt.Milter", ProgramVersion.Text);

    /// <summary>Where the daemon records what becomes of mail.</summary>
    public MailMetrics Mail { get; }

    /// <summary>Opens the port, if there is to be one.</summary>
    /// <param name="snapshots">What is in force.</param>
    /// <param name="budget">What spools hold.</param>
    /// <param name="held">What looks after held messages.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="MilterCrypt.Milter.Listening.MilterListenException">The address can't be had.</exception>
    public void Open(SnapshotHolder snapshots, SpoolBudget budget, HeldWatch held, TimeProvider clock, ILogger logger)
    {
        if (settings is null)
            return;
        watch = new HealthWatch(snapshots, clock);
        readiness = new Readiness(snapshots, budget, watch);
        DaemonMetrics.AddTo(program, snapshots, budget, held, () => watch.UsableKeys);
        ProcessMetrics.AddTo(program, clock.GetUtcNow());
        server = HealthServer.Start(settings.Address, new HealthPages(reader!, readiness), clock, logger);
        logger.HealthPage(server.Address);
    }

    /// <summary>The sockets for mail are open.</summary>
    public void Serving() => readiness?.Serving();

    /// <summary>The daemon was told to stop.</summary>
    public void Stopping() => readiness?.Stopping();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        server?.Dispose();
        if (watch is not null)
            await watch.DisposeAsync();
        reader?.Dispose();
        Milter.Dispose();
        program.Dispose();
    }
}
