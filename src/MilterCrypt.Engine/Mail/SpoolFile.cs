using Microsoft.Win32.SafeHandles;

namespace MilterCrypt.Engine.Mail;

/// <summary>A temporary file that lost its name as soon as it was open: the kernel frees it when the process ends, in
/// whatever way. Owned by its spool.</summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly FileStream stream;

    private SpoolFile(FileStream stream) => this.stream = stream;

    internal long Length { get; private set; }

    /// <exception cref="SpoolException">The directory is missing, full or not writable.</exception>
    internal static SpoolFile Create(string directory)
    {
        // Guid is random enough for a name that lives for microseconds; CreateNew (O_EXCL) is what keeps others out.
        string path = Path.Combine(directory, $"spool-{Guid.NewGuid():N}");
        FileStream? stream = null;
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Delete,
                BufferSize = 0,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            stream = new FileStream(path, options);
            File.Delete(path);
            var file = new SpoolFile(stream);
            stream = null;
            return file;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SpoolException($"No temporary file in {directory}: {fault.Message}", fault);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    /// <exception cref="SpoolException">The disk is full or fails.</exception>
    internal async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(Handle, bytes, Length, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw Unwritable(fault);
        }
        Length += bytes.Length;
    }

    /// <inheritdoc cref="AppendAsync"/>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(Handle, bytes, Length);
        }
        catch (IOException fault)
        {
            throw Unwritable(fault);
        }
        Length += bytes.Length;
    }

    internal int Read(Span<byte> buffer, long offset) => RandomAccess.Read(Handle, buffer, offset);

    internal ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        RandomAccess.ReadAsync(Handle, buffer, offset, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static SpoolException Unwritable(IOException fault) => new($"A temporary file can't be written: {fault.Message}", fault);

    private SafeFileHandle Handle => stream.SafeFileHandle;
}
