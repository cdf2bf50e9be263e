using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Journal.Sqlite;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>A journal's file, and what it is when the machine dies.</summary>
internal sealed class JournalFile : IDisposable
{
    private readonly TestDirectory directory = new();
    private int copies;

    public string Path => directory.PathOf("journal.db");

    public MovingClock Clock { get; } = new();

    public JournalOptions Options { get; init; } = new();

    public Task<HandoverJournal> OpenAsync() => OpenAsync(Path);

    public Task<HandoverJournal> OpenAsync(string path) =>
        SqliteJournal.OpenAsync(path, Options, Clock, RandomNumberGenerator.Create(), TestContext.Current.CancellationToken);

    /// <summary>What would be found if the process died now: the file and its log as they are, in a folder of their own.</summary>
    /// <param name="logLength">How much of the log got to the disk.</param>
    public string Copy(long logLength = long.MaxValue)
    {
        string folder = System.IO.Path.GetDirectoryName(directory.Write($"copy{++copies}/x", ""))!;
        string copy = System.IO.Path.Combine(folder, "journal.db");
        CopyPart("", copy, long.MaxValue);
        CopyPart("-wal", copy, logLength);
        return copy;
    }

    public void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Another process's connection.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False;Default Timeout=1");
        connection.Open();
        return connection;
    }

    /// <summary>How many transactions the log holds: a frame that ends one says how many pages the file then has
    /// (sqlite.org/fileformat2.html §4.1).</summary>
    public int CountCommits()
    {
        const int LogHeader = 32, FrameHeader = 24;
        using var log = new FileStream(Path + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] content = new byte[log.Length];
        log.ReadExactly(content);
        int page = BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(8));
        int commits = 0;
        for (int frame = LogHeader; frame < content.Length; frame += FrameHeader + page)
            commits += BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(frame + sizeof(int))) != 0 ? 1 : 0;
        return commits;
    }

    public void Dispose() => directory.Dispose();

    private void CopyPart(string suffix, string copy, long length)
    {
        if (!File.Exists(Path + suffix))
            return;
        using var source = new FileStream(Path + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] content = new byte[Math.Min(length, source.Length)];
        source.ReadExactly(content);
        File.WriteAllBytes(copy + suffix, content);
    }
}
