using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Journal.Sqlite;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Daemon;

/// <summary>The journal of what was handed over, and who makes it forget. Owned by the daemon.</summary>
internal sealed class KeptJournal : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource stop = new();
    private readonly Task forgetting;

    private KeptJournal(HandoverJournal journal, TimeProvider clock, ILogger logger)
    {
        Journal = journal;
        forgetting = ForgetAsync(new PeriodicTimer(Interval, clock), logger);
    }

    /// <summary>The journal.</summary>
    public HandoverJournal Journal { get; }

    /// <summary>Opens it: where messages are neither split nor held, or no file is named, it is one in memory.</summary>
    /// <exception cref="JournalException">It can't be opened.</exception>
    public static async Task<KeptJournal> OpenAsync(
        Settings settings, TimeProvider clock, RandomNumberGenerator random, ILogger logger, CancellationToken cancellationToken)
    {
        var options = new JournalOptions { Lifetime = settings.Journal.Keep };
        var journal = settings is { HandsOver: true, Journal.Path: { } path }
            ? await SqliteJournal.OpenAsync(path, options, clock, random, cancellationToken)
            : HandoverJournal.InMemory(options, clock, random);
        return new KeptJournal(journal, clock, logger);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await forgetting;
        await Journal.DisposeAsync();
        stop.Dispose();
    }

    private async Task ForgetAsync(PeriodicTimer timer, ILogger logger)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(stop.Token))
                {
                    try
                    {
                        await Journal.ExpireAsync(stop.Token);
                    }
                    catch (JournalException e)
                    {
                        logger.JournalNotWritten(e.Message);
                    }
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Disposed.
            }
        }
    }
}
