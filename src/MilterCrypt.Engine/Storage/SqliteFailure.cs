using Microsoft.Data.Sqlite;

namespace MilterCrypt.Engine.Storage;

/// <summary>Says in an administrator's words what SQLite's result codes mean (sqlite.org/rescode.html).</summary>
internal static class SqliteFailure
{
    private const int Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Io = 10, Corrupt = 11, Full = 13, CantOpen = 14, NotADatabase = 26;

    public static StorageException Explain(SqliteException failure, string path, SqliteSchema schema) =>
        new(Describe(failure, path, schema), failure)
        {
            IsTemporary = failure.SqliteErrorCode is Busy or Locked or NoMemory or Full or Io,
        };

    private static string Describe(SqliteException failure, string path, SqliteSchema schema) => failure.SqliteErrorCode switch
    {
        Busy or Locked => $"{path} is being written by another process; try again",
        ReadOnly => $"{path} and its folder must be writable, even to read it (SQLite keeps a log beside the file): run this as the user to whom they belong",
        Io => $"{path}: the disk reports an error ({failure.SqliteExtendedErrorCode})",
        Corrupt => schema.Damaged(path),
        Full => $"{path}: no space left on its file system",
        CantOpen => $"{path} can't be opened: there is no such folder, or this user may not read the file or write to its folder; run this as the user to whom they belong",
        NotADatabase => $"{path} is not a {schema.Name}: it is another kind of file, or it is damaged",
        _ => $"{path}: {failure.Message}",
    };
}
