using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace MilterCrypt.Engine.Storage;

/// <summary>The one thread that speaks to a data base file. SQLite's calls block, a locked file for as long as its
/// time-out: on the thread pool that would stop mail that has nothing to do with it.</summary>
internal sealed class SqliteThread : IAsyncDisposable
{
    private readonly BlockingCollection<Task> jobs = [];
    private readonly SqliteConnection connection;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes over an open connection, which no one else may use from now on.</summary>
    public SqliteThread(SqliteConnection connection, string name)
    {
        this.connection = connection;
        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Runs a piece of work when those before it are done. What it throws, the caller gets.</summary>
    public Task<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        var job = new Task<T>(() => work(connection), cancellationToken, TaskCreationOptions.RunContinuationsAsynchronously);
        jobs.Add(job, cancellationToken);
        return job;
    }

    /// <summary>Finishes what is under way and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        jobs.CompleteAdding();
        await ended.Task;
        jobs.Dispose();
    }

    private void Run()
    {
        foreach (var job in jobs.GetConsumingEnumerable())
        {
            try
            {
                job.RunSynchronously(TaskScheduler.Default);
            }
            catch (InvalidOperationException) when (job.IsCompleted)
            {
                // It was cancelled while it waited, or at this very moment. What a job itself throws is its caller's.
            }
        }
        connection.Dispose();
        ended.SetResult();
    }
}
