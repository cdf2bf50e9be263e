using MilterCrypt.Native.Memory;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>What gpg-agent answered to a command. Owned by who asked; disposal clears it.</summary>
internal sealed class AgentAnswer : IDisposable
{
    private readonly ClearedBufferWriter data = new();

    /// <summary>The result; secret where something was decrypted.</summary>
    internal ReadOnlySpan<byte> Data => data.WrittenMemory.Span;

    /// <summary>Whether it says that no padding is on the result (status PADDING 0).</summary>
    internal bool IsUnpadded { get; set; }

    /// <summary>Why there is none; null where the command succeeded.</summary>
    internal AgentError? Error { get; set; }

    /// <summary>Adds a piece to the result.</summary>
    /// <param name="escaped">As it came.</param>
    /// <param name="most">How much there may be.</param>
    /// <returns>False where it is malformed, or too much.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> escaped, int most)
    {
        var destination = data.GetSpan(escaped.Length);
        if (!AssuanLine.TryUnescape(escaped, destination, out int length) || data.WrittenMemory.Length + length > most)
            return false;
        data.Advance(length);
        return true;
    }

    public void Dispose() => data.Dispose();
}
