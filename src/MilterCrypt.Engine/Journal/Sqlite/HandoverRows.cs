using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using MilterCrypt.Engine.Storage;

namespace MilterCrypt.Engine.Journal.Sqlite;

/// <summary>Reads rows of a journal's file.</summary>
internal static class HandoverRows
{
    private const string Columns =
        "select key, hint, state, form, queue_id, injected_queue_id, began, handed_over, settled, age from handovers";

    // The times that a DateTimeOffset can have, and the ages that a TimeSpan can.
    private const long FirstTime = -62_135_596_800_000, LastTime = 253_402_300_799_999, LastAge = long.MaxValue / TimeSpan.TicksPerMillisecond;

    public static List<HandoverChange> ReadAll(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns;
        return Read(command, path);
    }

    /// <summary>The rows in which an MTA's name of a message, or of a copy, stands.</summary>
    public static List<HandoverChange> Find(SqliteConnection connection, string path, string queueId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns + " where $id in (queue_id, injected_queue_id) order by began";
        command.Parameters.AddWithValue("$id", queueId);
        return Read(command, path);
    }

    private static List<HandoverChange> Read(SqliteCommand command, string path)
    {
        var found = new List<HandoverChange>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (!TryRead(rows, out var key, out var row))
                throw new StorageException(JournalSchema.Schema.Damaged(path));
            found.Add(new HandoverChange(key, row));
        }
        return found;
    }

    private static bool TryRead(SqliteDataReader rows, out HandoverKey key, [NotNullWhen(true)] out HandoverRow? row)
    {
        row = null;
        key = default;
        byte[] octets = rows.GetFieldValue<byte[]>(0);
        long state = rows.GetInt64(2), age = rows.GetInt64(9);
        if (octets.Length != HandoverKey.Length || !Enum.IsDefined((HandoverState)state) || age is < 0 or > LastAge)
            return false;
        if (!TryReadTime(rows, 6, out var began) || !TryReadTime(rows, 7, out var handedOver) || !TryReadTime(rows, 8, out var settled))
            return false;
        key = HandoverKey.Read(octets);
        row = new HandoverRow(
            new HandoverHint(unchecked((ulong)rows.GetInt64(1))),
            (HandoverState)state,
            rows.GetString(3),
            Text(rows, 4),
            began.GetValueOrDefault(),
            TimeSpan.FromMilliseconds(age))
        {
            InjectedQueueId = Text(rows, 5),
            HandedOver = handedOver,
            Settled = settled,
        };
        return true;
    }

    private static string? Text(SqliteDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetString(column);

    private static bool TryReadTime(SqliteDataReader rows, int column, out DateTimeOffset? time)
    {
        time = null;
        if (rows.IsDBNull(column))
            return true;
        long milliseconds = rows.GetInt64(column);
        if (milliseconds is < FirstTime or > LastTime)
            return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }
}
