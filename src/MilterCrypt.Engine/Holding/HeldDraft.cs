using MilterCrypt.Native.LibC;

namespace MilterCrypt.Engine.Holding;

/// <summary>A held message that is on the disk whole, and does not count before <see cref="Commit"/>. Disposing of it before that
/// takes it away. Owned by who prepared it.</summary>
internal sealed class HeldDraft(string id, string draft, string path, Action ended) : IDisposable
{
    private bool isOver;

    /// <summary>What it is called from then on.</summary>
    internal string Id => id;

    /// <summary>Makes it count, for good.</summary>
    /// <exception cref="IOException">It can't be; whether it will be there after a loss of power is not known.</exception>
    internal void Commit()
    {
        File.Move(draft, path, overwrite: true);
        End();
        DurableFiles.FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isOver)
            return;
        End();
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It counts for nothing; HeldFolder.Sweep takes it away.
        }
    }

    private void End()
    {
        isOver = true;
        ended();
    }
}
