using Microsoft.Data.Sqlite;
using MilterCrypt.Engine.Storage;

namespace MilterCrypt.Engine.Tests.Storage;

/// <summary>The thread that speaks to a data base, and those who give up waiting for it.</summary>
public sealed class SqliteThreadTests
{
    /// <summary>What went wrong on that thread would end the process, and this test with it.</summary>
    [Fact]
    public async Task WhoeverGivesUpAtTheVeryMomentDoesNotStopIt()
    {
        await using var thread = new SqliteThread(new SqliteConnection("Data Source=:memory:"), "test");
        for (int i = 0; i < 20_000; i++)
        {
            using var patience = new CancellationTokenSource();
            var job = thread.RunAsync(static _ => 1, patience.Token);
            Thread.SpinWait(i % 100);
            await patience.CancelAsync();
            Assert.True(await job.ContinueWith(static done => done.IsCanceled || done.Result == 1, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }
        Assert.Equal(42, await thread.RunAsync(static _ => 42, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhatAJobThrowsIsItsCallersAndTheNextOneRuns()
    {
        await using var thread = new SqliteThread(new SqliteConnection("Data Source=:memory:"), "test");
        await Assert.ThrowsAsync<InvalidOperationException>(() => thread.RunAsync<int>(static _ => throw new InvalidOperationException(), TestContext.Current.CancellationToken));
        Assert.Equal(42, await thread.RunAsync(static _ => 42, TestContext.Current.CancellationToken));
    }
}
