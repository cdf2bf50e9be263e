using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>The tables of a key store's file, and the steps from each older version to the present one.</summary>
internal static class SqliteSchema
{
    /// <summary>SQLite's "application_id": "MlCr". Keeps us from writing tables into somebody else's data base.</summary>
    private const long ApplicationId = 0x4D6C4372;

    // Step i leads from version i to version i + 1. Steps that have been released are never edited.
    private static readonly string[] Steps =
    [
        """
        create table certificates (
            fingerprint text primary key,     -- upper-case hexadecimal digits
            certificate blob,                 -- OpenPGP packets; null once it has been removed
            source text not null,
            added integer not null,           -- seconds since 1970, as is updated
            updated integer not null,
            change integer not null unique,   -- grows with every change of any row: what a reader has yet to see
            arrival integer not null unique   -- grows with each new certificate: who came first to an address
        ) strict;
        create table addresses (
            address text not null,            -- local part with A-Z in lower case, @, domain as A-labels
            fingerprint text not null references certificates (fingerprint),
            taken_over integer not null default 0, -- the higher, the later an administrator gave it the address
            primary key (address, fingerprint)
        ) strict, without rowid;
        create index addresses_by_fingerprint on addresses (fingerprint);
        """,
    ];

    /// <summary>The version that this program reads and writes.</summary>
    public static int Current => Steps.Length;

    /// <summary>Refuses a file that is not ours or was made by a newer program.</summary>
    /// <returns>The version of its tables; 0 for an empty file.</returns>
    /// <exception cref="KeyStoreException">It can't be used.</exception>
    public static int VersionOf(SqliteConnection connection, string path)
    {
        long application = Number(connection, "pragma application_id");
        long version = Number(connection, "pragma user_version");
        bool isEmpty = Number(connection, "select count(*) from sqlite_master") == 0;
        if (application != ApplicationId && !isEmpty)
            throw new KeyStoreException($"{path} is an SQLite data base, but not a key store of MilterCrypt");
        if (version > Current)
            throw new KeyStoreException(
                $"{path} was written by a newer MilterCrypt (its tables have version {version}, this program knows {Current}): use that one");
        return isEmpty ? 0 : (int)version;
    }

    /// <summary>Brings the tables to the present version, or leaves them as they are where that fails.</summary>
    public static void Migrate(SqliteConnection connection, string path)
    {
        Execute(connection, "begin immediate");
        // Asked again: another process may have done it while we waited for the lock.
        for (int version = VersionOf(connection, path); version < Current; version++)
            Execute(connection, Steps[version]);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"pragma application_id = {ApplicationId}"));
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
