using System.Buffers;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Holds plaintext in memory until it is proven; no more of it than the reader lets out
/// (<see cref="ReadingOptions.MaxLength"/>). Owned by its maker; disposal clears it.</summary>
/// <param name="buffers">Where memory comes from.</param>
public sealed class HeldPlaintext(ClearedBufferPool buffers) : IPlaintextSink, IDisposable
{
    private const int FirstPiece = 16 * 1024;

    private readonly List<(IMemoryOwner<byte> Memory, int Length)> pieces = [];
    private bool isProven;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (pieces.Count == 0 || pieces[^1].Length == pieces[^1].Memory.Memory.Length)
                pieces.Add((buffers.Rent(pieces.Count == 0 ? FirstPiece : buffers.MaxBufferSize), 0));
            var (memory, length) = pieces[^1];
            int taken = Math.Min(memory.Memory.Length - length, data.Length);
            data[..taken].CopyTo(memory.Memory.Span[length..]);
            pieces[^1] = (memory, length + taken);
            data = data[taken..];
        }
    }

    /// <inheritdoc/>
    public void Prove() => isProven = true;

    /// <summary>The text, in pieces that are valid until disposal.</summary>
    /// <exception cref="InvalidOperationException">It is not proven.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces() => isProven
        ? pieces.Select(static piece => (ReadOnlyMemory<byte>)piece.Memory.Memory[..piece.Length])
        : throw new InvalidOperationException("Plaintext that is not proven is nobody's to see.");

    /// <summary>Clears it.</summary>
    public void Dispose()
    {
        isProven = false;
        foreach (var (memory, _) in pieces)
            memory.Dispose();
        pieces.Clear();
    }
}
