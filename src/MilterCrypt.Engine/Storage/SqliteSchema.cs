using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MilterCrypt.Engine.Storage;

/// <summary>The tables of one kind of data base file, and the steps from each older version to the present one.</summary>
/// <param name="name">What people call such a file, such as "key store".</param>
/// <param name="applicationId">SQLite's "application_id". Keeps us from writing tables into somebody else's data base.</param>
/// <param name="steps">Step i leads from version i to version i + 1. Steps that have been released are never edited.</param>
internal sealed class SqliteSchema(string name, long applicationId, IReadOnlyList<string> steps)
{
    /// <summary>What people call such a file.</summary>
    public string Name => name;

    /// <summary>Said where there is no file: what makes one.</summary>
    public required string WhatMakesIt { get; init; }

    /// <summary>Said where the tables are old and can't be written: what brings them up to date.</summary>
    public required string WhatUpdatesIt { get; init; }

    /// <summary>Said where the file is damaged: what to do.</summary>
    public required string WhatReplacesIt { get; init; }

    /// <summary>The version that this program reads and writes.</summary>
    public int Current => steps.Count;

    /// <summary>What is said of a file that is damaged.</summary>
    public string Damaged(string path) => $"{path} is damaged: {WhatReplacesIt}";

    /// <summary>Refuses a file that is not ours or was made by a newer program.</summary>
    /// <returns>The version of its tables; 0 for an empty file.</returns>
    /// <exception cref="StorageException">It can't be used.</exception>
    public int VersionOf(SqliteConnection connection, string path)
    {
        long application = Number(connection, "pragma application_id");
        long version = Number(connection, "pragma user_version");
        bool isEmpty = Number(connection, "select count(*) from sqlite_master") == 0;
        if (application != applicationId && !isEmpty)
            throw new StorageException($"{path} is an SQLite data base, but not a {name} of MilterCrypt");
        if (version > Current)
            throw new StorageException(
                $"{path} was written by a newer MilterCrypt (its tables have version {version}, this program knows {Current}): use that one");
        return isEmpty ? 0 : (int)version;
    }

    /// <summary>Brings the tables to the present version, or leaves them as they are where that fails.</summary>
    public void Migrate(SqliteConnection connection, string path)
    {
        Execute(connection, "begin immediate");
        // Asked again: another process may have done it while we waited for the lock.
        for (int version = VersionOf(connection, path); version < Current; version++)
            Execute(connection, steps[version]);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"pragma application_id = {applicationId}"));
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"pragma user_version = {Current}"));
        Execute(connection, "commit");
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
