namespace MilterCrypt.Native.Compression;

/// <summary>Undoes a compression piece by piece, as data comes. Owned by its maker, one thread at a time.</summary>
public interface IDecompressor : IDisposable
{
    /// <summary>Takes from the input what it can, until the output is full, the input is spent or the stream has ended.
    /// Not to be called again after the end or after damage.</summary>
    /// <param name="input">What follows the octets that earlier calls took; may be empty.</param>
    /// <param name="output">Receives what comes out; one octet at least.</param>
    /// <exception cref="InvalidOperationException">The library failed in a way that no data can cause.</exception>
    /// <exception cref="InsufficientMemoryException">The library got no memory.</exception>
    DecompressionStep Process(ReadOnlySpan<byte> input, Span<byte> output);
}
