using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MilterCrypt.Engine.Storage;

/// <summary>Opens a data base file: makes it where there is none, brings its tables up to date, and makes do with
/// reading where this process may not write.</summary>
internal static class SqliteOpening
{
    private const UnixFileMode OwnerWritesGroupReads = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <exception cref="StorageException">It can't be opened; the message says why.</exception>
    public static SqliteConnection Open(string path, SqliteSchema schema, SqliteAccess access, TimeSpan patience)
    {
        if (!File.Exists(path))
            Create(path, schema, access);

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = access == SqliteAccess.Read ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
            DefaultTimeout = Math.Max(1, (int)patience.TotalSeconds),
            Pooling = false,
        }.ToString());
        bool isReady = false;
        try
        {
            connection.Open();
            Prepare(connection, path, schema);
            isReady = true;
            return connection;
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Explain(e, path, schema);
        }
        finally
        {
            if (!isReady)
                connection.Dispose();
        }
    }

    /// <summary>Makes an empty file of our own mode: SQLite's would be readable by all, and its companions take the mode
    /// of the file. A file that is there is not touched, since closing it would drop the locks that another
    /// connection of this process holds (POSIX fcntl).</summary>
    private static void Create(string path, SqliteSchema schema, SqliteAccess access)
    {
        if (access != SqliteAccess.Make)
            throw new StorageException($"there is no {schema.Name} {path}; {schema.WhatMakesIt}");
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerWritesGroupReads,
            });
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"the {schema.Name} {path} can't be made: {e.Message}", e);
        }
    }

    private static void Prepare(SqliteConnection connection, string path, SqliteSchema schema)
    {
        int version = schema.VersionOf(connection, path);
        // SQLite falls back to reading by itself where the file can't be written.
        if (raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
        {
            if (version < schema.Current)
                throw new StorageException(
                    $"{path} has tables of version {version} and this user can't bring them to {schema.Current}: {schema.WhatUpdatesIt}");
            return;
        }

        // The write-ahead log lets others read while one writes. What is written must not be lost.
        SqliteSchema.Execute(connection, "pragma journal_mode = wal");
        SqliteSchema.Execute(connection, "pragma synchronous = full");
        SqliteSchema.Execute(connection, "pragma foreign_keys = on");
        if (version < schema.Current)
            schema.Migrate(connection, path);
    }
}
