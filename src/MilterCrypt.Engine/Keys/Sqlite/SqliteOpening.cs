using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>Opens a key store's file: makes it where there is none, brings its tables up to date, and makes do with
/// reading where this process may not write.</summary>
internal static class SqliteOpening
{
    private const UnixFileMode OwnerWritesGroupReads = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <exception cref="KeyStoreException">It can't be opened; the message says why.</exception>
    public static SqliteConnection Open(string path, bool create, TimeSpan patience)
    {
        if (!File.Exists(path))
            Create(path, create);

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            DefaultTimeout = Math.Max(1, (int)patience.TotalSeconds),
            Pooling = false,
        }.ToString());
        bool isReady = false;
        try
        {
            connection.Open();
            Prepare(connection, path);
            isReady = true;
            return connection;
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Explain(e, path);
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
    private static void Create(string path, bool create)
    {
        if (!create)
            throw new KeyStoreException($"there is no key store {path}; `miltercrypt keys import` makes one");
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
            throw new KeyStoreException($"the key store {path} can't be made: {e.Message}", e);
        }
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        int version = SqliteSchema.VersionOf(connection, path);
        // SQLite falls back to reading by itself where the file can't be written.
        if (raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
        {
            if (version < SqliteSchema.Current)
                throw new KeyStoreException(
                    $"{path} has tables of version {version} and this user can't bring them to {SqliteSchema.Current}: run `miltercrypt keys list` as the file's owner once");
            return;
        }

        // The write-ahead log lets a daemon read while an import writes. Keys come seldom and must not be lost.
        SqliteSchema.Execute(connection, "pragma journal_mode = wal");
        SqliteSchema.Execute(connection, "pragma synchronous = full");
        SqliteSchema.Execute(connection, "pragma foreign_keys = on");
        if (version < SqliteSchema.Current)
            SqliteSchema.Migrate(connection, path);
    }
}
