using System.Globalization;
using System.Security.Cryptography;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Engine.Holding;

/// <summary>Where messages are held, a file each: a line with what is known of it, a line that says how far it has come, an empty one,
/// and armor that the escrow keys open, so that `gpg -d` alone can. Whole files appear, or none. Safe for use by several
/// threads; each process has its own.</summary>
/// <param name="directory">The folder.</param>
/// <param name="maxBytes">What all of them may take together.</param>
/// <param name="random">Names them.</param>
public sealed class HeldFolder(string directory, long maxBytes, RandomNumberGenerator random)
{
    private const string DraftPrefix = ".draft-";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Ten thousand recipients have less.</summary>
    private const int MaxLine = 32 << 20;

    /// <summary>A draft that is older was left by a crash.</summary>
    private static readonly TimeSpan DraftLifetime = TimeSpan.FromHours(1);

    private readonly Lock access = new();
    private long coming;

    /// <summary>The folder.</summary>
    public string Directory => directory;

    /// <summary>What the held messages are called, the oldest first.</summary>
    /// <exception cref="HoldingException">The folder can't be read.</exception>
    public IReadOnlyList<string> Ids()
    {
        try
        {
            return [.. new DirectoryInfo(directory).EnumerateFiles().Select(static file => file.Name).Where(static name => TimeOf(name) is not null).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoldingException($"{directory} can't be read: {e.Message}", e);
        }
    }

    /// <summary>When a message was held; null where that is no message's name.</summary>
    public static DateTimeOffset? TimeOf(string id) =>
        id.Split('-') is [var time, { Length: 16 } name] && name.All(char.IsAsciiHexDigitLower)
        && DateTimeOffset.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>Reads what is known of a held message.</summary>
    /// <returns>Null where there is none of that name.</returns>
    /// <exception cref="HoldingException">It can't be read, or is damaged.</exception>
    public HeldFile? Find(string id)
    {
        if (TimeOf(id) is null)
            return null;
        string path = Path.Combine(directory, id);
        try
        {
            using var file = Open(path);
            return HeldFileHead.Read(file, MaxLine, id, path) ?? throw new HoldingException($"{path} is no held message, or damaged");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoldingException($"{path} can't be read: {e.Message}", e);
        }
    }

    /// <summary>The copies of these that are held here; what is damaged holds none.</summary>
    /// <exception cref="HoldingException">The folder can't be read.</exception>
    internal IReadOnlySet<HandoverKey> CopiesAmong(IReadOnlySet<HandoverKey> copies)
    {
        var found = new HashSet<HandoverKey>();
        foreach (string id in Ids())
        {
            try
            {
                if (Find(id) is { State: var state })
                    found.UnionWith(state.Left.Select(place => state.Copies[place]).Where(copies.Contains));
            }
            catch (HoldingException)
            {
                // One bad file must not keep all mail waiting: what it held may come twice.
            }
        }
        return found;
    }

    /// <summary>Writes a message to the disk, to be held once the draft is committed.</summary>
    /// <returns>Null where there is no room for it.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written.</exception>
    internal async ValueTask<HeldDraft?> PrepareAsync(
        ReadOnlyMemory<byte> recordLine, DateTimeOffset at, HeldState state, Stream content, long length, CancellationToken cancellationToken)
    {
        if (!TryReserve(length))
            return null;
        string id = NewId(at);
        return await WriteAsync(id, recordLine, state, content, () => Interlocked.Add(ref coming, -length), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down how far a message has come. One caller at a time: nobody else changes what is held.</summary>
    /// <exception cref="HoldingException">It can't be written.</exception>
    internal async ValueTask<HeldFile> ReplaceAsync(HeldFile file, HeldState state, CancellationToken cancellationToken)
    {
        try
        {
            // One who died over it left it: nobody else has it.
            File.Delete(Path.Combine(directory, DraftPrefix + file.Id));
            var content = Open(file.Path);
            await using (content.ConfigureAwait(false))
            {
                // Where it begins is where it begins now: what was known of it may be older than its last change.
                var current = HeldFileHead.Read(content, MaxLine, file.Id, file.Path) ?? throw new HoldingException($"{file.Path} is no held message, or damaged");
                content.Position = current.ContentOffset;
                using var draft = await WriteAsync(file.Id, file.RecordLine, state, content, static () => { }, cancellationToken).ConfigureAwait(false)
                    ?? throw new IOException("no space left");
                draft.Commit();
            }
            return Find(file.Id) ?? throw new HoldingException($"{file.Path} was taken away");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoldingException($"{file.Path} can't be written: {e.Message}", e);
        }
    }

    /// <summary>Takes a message away for good.</summary>
    /// <exception cref="HoldingException">It can't be.</exception>
    public void Remove(HeldFile file)
    {
        try
        {
            File.Delete(file.Path);
            DurableFiles.FlushFolder(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoldingException($"{file.Path} can't be deleted: {e.Message}", e);
        }
    }

    /// <summary>The ciphertext, armored.</summary>
    internal static FileStream OpenContent(HeldFile file)
    {
        var stream = Open(file.Path);
        stream.Position = file.ContentOffset;
        return stream;
    }

    /// <summary>Takes away what a crash has left half-written.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="HoldingException">The folder can't be read.</exception>
    public void Sweep(DateTimeOffset now)
    {
        try
        {
            foreach (var draft in new DirectoryInfo(directory).EnumerateFiles(DraftPrefix + "*"))
            {
                if (draft.LastWriteTimeUtc < now.UtcDateTime - DraftLifetime)
                    draft.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoldingException($"{directory} can't be read: {e.Message}", e);
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private bool TryReserve(long length)
    {
        lock (access)
        {
            long held = new DirectoryInfo(directory).EnumerateFiles().Where(static file => TimeOf(file.Name) is not null).Sum(static file => file.Length);
            if (held + coming + length > maxBytes)
                return false;
            coming += length;
            return true;
        }
    }

    private string NewId(DateTimeOffset at)
    {
        byte[] name = new byte[8];
        random.GetBytes(name);
        return $"{at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(name)}";
    }

    private async ValueTask<HeldDraft?> WriteAsync(
        string id, ReadOnlyMemory<byte> recordLine, HeldState state, Stream content, Action ended, CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, DraftPrefix + id);
        var draft = new HeldDraft(id, path, Path.Combine(directory, id), ended);
        bool isWhole = false;
        try
        {
            var file = new FileStream(path, NewFile);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(recordLine, cancellationToken).ConfigureAwait(false);
                await file.WriteAsync((byte[])[(byte)'\n', .. HeldStateText.Write(state), (byte)'\n', (byte)'\n'], cancellationToken).ConfigureAwait(false);
                await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
                // Once it counts somebody was told that his mail is safe: it had better be readable.
                if (HeldFileHead.Read(file, MaxLine, id, path) is null)
                    throw new IOException("what was written can't be read again");
            }
            isWhole = true;
            return draft;
        }
        catch (IOException e) when (IsFull(e))
        {
            return null;
        }
        finally
        {
            if (!isWhole)
                draft.Dispose();
        }
    }

    // ENOSPC, EDQUOT.
    private static bool IsFull(IOException failure) => (failure.HResult & 0xFFFF) is 28 or 122;

    private static FileStreamOptions NewFile => new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };
}
