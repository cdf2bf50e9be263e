using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>Reads the configuration again when it is asked to (SIGHUP) and puts it in force whole, or says why not.</summary>
/// <param name="file">The configuration's path.</param>
/// <param name="listenIsOverridden">Whether the command line says where to listen.</param>
/// <param name="snapshots">What is in force.</param>
/// <param name="builder">What makes the next one.</param>
/// <param name="manager">Who is told.</param>
/// <param name="output">The log, whose level can change.</param>
/// <param name="metrics">Where it is counted.</param>
/// <param name="logger">Where it is said.</param>
internal sealed class Reloader(
    string file,
    bool listenIsOverridden,
    SnapshotHolder snapshots,
    SnapshotBuilder builder,
    ServiceManager manager,
    LogOutput output,
    MailMetrics metrics,
    ILogger logger)
{
    // Two requests while one is served are one request.
    private readonly Channel<bool> requests = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for it; returns at once.</summary>
    public void Request() => requests.Writer.TryWrite(true);

    /// <summary>Serves requests, one after the other, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (bool _ in requests.Reader.ReadAllAsync(cancellationToken))
            {
                manager.Reloading();
                metrics.Reloaded(await TryReloadAsync(cancellationToken));
                manager.Ready("filtering mail");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The daemon stops.
        }
    }

    private async Task<bool> TryReloadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReloadAsync(cancellationToken);
        }
        // All: without this loop the daemon would go on and never hear of a new configuration again.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.ReloadRefused(e.Message);
            return false;
        }
    }

    /// <returns>Whether the new configuration is in force.</returns>
    private async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        var result = await ConfigurationFile.ReadAsync(file, cancellationToken);
        if (result is not ConfigurationResult.Loaded { Settings: var settings })
        {
            foreach (string complaint in ((ConfigurationResult.Refused)result).Complaints)
                logger.ReloadRefused(complaint);
            return false;
        }
        if (settings.Store is not { } store)
        {
            logger.ReloadRefused($"{file}: there is no `store`");
            return false;
        }
        if (SpoolCheck.ComplaintOfBoth(settings) is { } spoolComplaint)
        {
            logger.ReloadRefused(spoolComplaint);
            return false;
        }
        var last = snapshots.Current;
        var next = await builder.BuildAsync(settings, store, last, cancellationToken);
        snapshots.Replace(next);
        output.SetLevel(settings.Log.Level);
        WarnOfWhatNeedsARestart(last.Settings, settings);
        foreach (string complaint in SuspicionList.Of(settings))
            logger.Suspicious(complaint);
        logger.Reloaded(next.Keys.Directory.Count, store.ToString(), settings.Rules.Count, file);
        await last.Keys.DisposeAsync();
        return true;
    }

    private void WarnOfWhatNeedsARestart(Settings old, Settings now)
    {
        if (!listenIsOverridden && !old.Listen.SequenceEqual(now.Listen))
            logger.NeedsRestart("listen");
        if ((old.SecretKeys?.HeldBy, old.SecretKeys?.Socket) != (now.SecretKeys?.HeldBy, now.SecretKeys?.Socket))
            logger.NeedsRestart("secret-keys");
        if (old.Journal != now.Journal || (!old.HandsOver && now is { HandsOver: true, Journal.Path: not null }))
            logger.NeedsRestart("journal");
        if (old.Http != now.Http)
            logger.NeedsRestart("http");
        if (old.Log.Format != now.Log.Format)
            logger.NeedsRestart("log.format");
        if (old.Limits != now.Limits)
            logger.NeedsRestart("limits");
        if (old.Timeouts != now.Timeouts)
            logger.NeedsRestart("timeouts");
        if (old.Spool.Memory != now.Spool.Memory || old.Spool.Disk != now.Spool.Disk)
            logger.NeedsRestart("spool.memory or spool.disk");
    }
}
