using Microsoft.Data.Sqlite;

namespace MilterCrypt.Faults.Kinds;

/// <summary>Another process holds the journal's lock.</summary>
internal sealed class LockedJournal : Fault
{
    private readonly TaskCompletionSource locked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task holding = Task.CompletedTask;

    public override bool HasFired => true;

    public override async Task ArmAsync(FaultStage stage, QueueingClient client)
    {
        holding = HoldAsync(stage.JournalFile);
        await await Task.WhenAny(holding, locked.Task);
    }

    public override async Task RelieveAsync(FaultStage stage)
    {
        enough.SetResult();
        await holding;
    }

    public override string ToString() => $"locked for {Tries} tries";

    private async Task HoldAsync(string file)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await RunAsync("begin exclusive");
        locked.SetResult();
        await enough.Task;
        await RunAsync("rollback");

        async Task RunAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
