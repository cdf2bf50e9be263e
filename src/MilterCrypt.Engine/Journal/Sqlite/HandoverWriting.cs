using Microsoft.Data.Sqlite;

namespace MilterCrypt.Engine.Journal.Sqlite;

/// <summary>Writes changes into a journal's file; its commands are compiled once. It belongs to the file's thread.</summary>
internal sealed class HandoverWriting : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand put;
    private readonly SqliteCommand remove;
    private readonly SqliteCommand grow;

    public HandoverWriting(SqliteConnection connection)
    {
        this.connection = connection;
        put = Prepare(
            """
            insert or replace into handovers
                (key, hint, state, form, queue_id, injected_queue_id, began, handed_over, settled, age)
            values ($key, $hint, $state, $form, $queue_id, $injected_queue_id, $began, $handed_over, $settled, $age)
            """,
            "$key", "$hint", "$state", "$form", "$queue_id", "$injected_queue_id", "$began", "$handed_over", "$settled", "$age");
        remove = Prepare("delete from handovers where key = $key", "$key");
        grow = Prepare("update journal set age = max(age, $age)", "$age");
    }

    /// <summary>Writes all of it in one transaction: wholly or not at all.</summary>
    public void Write(IReadOnlyList<HandoverChange> changes, TimeSpan age)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var (key, row) in changes)
        {
            if (row is null)
                Run(remove, transaction, key.ToArray());
            else
                Run(put, transaction, Values(key, row));
        }
        Run(grow, transaction, Milliseconds(age));
        transaction.Commit();
    }

    public void Dispose()
    {
        put.Dispose();
        remove.Dispose();
        grow.Dispose();
    }

    private static object?[] Values(HandoverKey key, HandoverRow row) =>
    [
        key.ToArray(), unchecked((long)row.Hint.Value), (long)row.State, row.Form, row.QueueId, row.InjectedQueueId,
        row.Began.ToUnixTimeMilliseconds(), row.HandedOver?.ToUnixTimeMilliseconds(), row.Settled?.ToUnixTimeMilliseconds(),
        Milliseconds(row.Age),
    ];

    private static long Milliseconds(TimeSpan age) => (long)age.TotalMilliseconds;

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params object?[] values)
    {
        command.Transaction = transaction;
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (string parameter in parameters)
            command.Parameters.Add(new SqliteParameter(parameter, null));
        return command;
    }
}
