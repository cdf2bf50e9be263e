using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Health;
using MilterCrypt.KeyHolding;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>The daemon: opens everything, serves until it is told to stop, closes everything in the other order.</summary>
internal static class MilterDaemon
{
    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <param name="order">What to run.</param>
    /// <param name="output">The log.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="MilterListenException">A socket can't be had.</exception>
    /// <exception cref="Engine.Keys.KeyStoreException">The key store can't be opened.</exception>
    /// <exception cref="Engine.Journal.JournalException">The journal can't be opened.</exception>
    /// <exception cref="Engine.Custody.SecretKeyException">The daemon is to hold secret keys, and they can't be read.</exception>
    public static async Task RunAsync(DaemonOrder order, LogOutput output, CancellationToken cancellationToken)
    {
        // Nothing that our handlers do before the body waits: keys and rules are in memory.
        KestrelMilterExtensions.PreferInlineCompletions();
        var clock = TimeProvider.System;
        var logger = output.Factory.CreateLogger("miltercrypt");
        if (order.Settings.SecretKeys is { HeldBy: KeyCustody.Daemon })
            Hardening.Guard(logger);
        else
            Hardening.Hide(logger);
        var manager = new ServiceManager(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), logger);
        using var random = RandomNumberGenerator.Create();
        var budget = new SpoolBudget(order.Settings.Spool.Memory, order.Settings.Spool.Disk);
        await using var secretKeys = order.Settings.SecretKeys is { } custody ? DaemonKeys.Open(custody, clock, random, logger, output.Audit) : null;
        await using var journal = await KeptJournal.OpenAsync(order.Settings, clock, random, logger, cancellationToken);
        var builder = new SnapshotBuilder(budget, clock, random, secretKeys, journal.Journal, logger);
        var snapshots = new SnapshotHolder(await builder.BuildAsync(order.Settings, order.Store, null, cancellationToken));
        await using var monitor = new DaemonMonitor(order.Settings.Http);
        var reloader = new Reloader(order.File, order.ListenIsOverridden, snapshots, builder, manager, output, monitor.Mail, logger);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            reloader.Request();
        });

        try
        {
            await using var held = new HeldWatch(snapshots, clock, logger);
            monitor.Open(snapshots, budget, held, clock, logger);
            using var listeners = await Listeners.OpenAsync(order.Settings, cancellationToken);
            var options = MilterOptionsOf(order.Settings);
            var filter = new EngineFilter(snapshots, new PeerTrust(order.Settings.Listen), clock, monitor.Mail, logger);
            using var handler = new MilterConnectionHandler(
                filter, options, clock, monitor.Milter, output.Factory.CreateLogger<MilterConnectionHandler>());
            await using var host = BuildHost(listeners, options, handler, output);
            await host.StartAsync(cancellationToken);

            listeners.Announce(handler, logger);
            Announce(order, snapshots.Current, logger);
            monitor.Serving();
            manager.Ready("filtering mail");
            host.Lifetime.ApplicationStopping.Register(() =>
            {
                monitor.Stopping();
                logger.Stopping();
                manager.Stopping();
            });

            var reloading = reloader.RunAsync(host.Lifetime.ApplicationStopping);
            await host.WaitForShutdownAsync(CancellationToken.None);
            await reloading;
        }
        finally
        {
            await snapshots.Current.Keys.DisposeAsync();
        }
        logger.Stopped();
    }

    private static void Announce(DaemonOrder order, Snapshot snapshot, ILogger logger)
    {
        foreach (string complaint in SuspicionList.Of(order.Settings))
            logger.Suspicious(complaint);
        logger.Ready(
            ProgramVersion.Text, snapshot.Keys.Directory.Count, order.Store.ToString(), order.Settings.Rules.Count, order.File);
    }

    /// <summary>What the milter library is told to work with.</summary>
    public static MilterOptions MilterOptionsOf(Settings settings) => new()
    {
        MaxConnections = settings.Limits.Connections,
        MaxRecipients = settings.Limits.Recipients,
        MaxHeaderBytes = settings.Limits.Header,
        VerdictTimeout = settings.Timeouts.Verdict,
        IdleTimeout = settings.Timeouts.Idle,
        StopTimeout = settings.Timeouts.Stop,
    };

    private static WebApplication BuildHost(
        Listeners listeners, MilterOptions options, MilterConnectionHandler handler, LogOutput output)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSingleton(output.Factory);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.LongestStop);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddMilterTransport();
        builder.WebHost.ConfigureKestrel(server => listeners.ServeWith(server, handler));
        return builder.Build();
    }
}
