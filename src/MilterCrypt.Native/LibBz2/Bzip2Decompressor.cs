using MilterCrypt.Native.Compression;

namespace MilterCrypt.Native.LibBz2;

/// <summary>Undoes bzip2 by libbz2: up to 3.7 MB of memory, which the header's first octets ask for.</summary>
public sealed class Bzip2Decompressor : IDecompressor
{
    private const int Quiet = 0;
    private const int Fast = 0;

    private const int Ok = 0;
    private const int StreamEnd = 4;
    private const int MemoryError = -3;
    private const int DataError = -4;
    private const int NoBzip2 = -5; // BZ_DATA_ERROR_MAGIC

    private readonly BzStreamHandle stream;

    private Bzip2Decompressor(BzStreamHandle stream) => this.stream = stream;

    /// <summary>Begins a stream; null where this system has no libbz2 (<see cref="NativeLibraries.Bzip2"/>).</summary>
    /// <exception cref="InvalidOperationException">It is not the libbz2 that this was written for.</exception>
    /// <exception cref="InsufficientMemoryException">It got no memory.</exception>
    public static Bzip2Decompressor? Begin()
    {
        var stream = new BzStreamHandle();
        return stream.TryBegin(
            () => LibBz2Imports.BZ2_bzDecompressInit(stream, Quiet, Fast), static result => Failed("BZ2_bzDecompressInit", result))
            ? new Bzip2Decompressor(stream)
            : null;
    }

    /// <inheritdoc/>
    public unsafe DecompressionStep Process(ReadOnlySpan<byte> input, Span<byte> output)
    {
        ObjectDisposedException.ThrowIf(stream.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfZero(output.Length, nameof(output));
        fixed (byte* from = input, to = output)
        {
            var native = (BzStream*)stream.Structure;
            native->NextIn = from;
            native->AvailableIn = (uint)input.Length;
            native->NextOut = to;
            native->AvailableOut = (uint)output.Length;
            int result = LibBz2Imports.BZ2_bzDecompress(stream);
            int taken = input.Length - (int)native->AvailableIn;
            int written = output.Length - (int)native->AvailableOut;
            GC.KeepAlive(stream);
            return new DecompressionStep(taken, written, StateAfter(result));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static DecompressionState StateAfter(int result) => result switch
    {
        Ok => DecompressionState.Open,
        StreamEnd => DecompressionState.Ended,
        DataError or NoBzip2 => DecompressionState.Damaged,
        _ => throw Failed("BZ2_bzDecompress", result),
    };

    private static SystemException Failed(string call, int result) => DecompressionFailure.Make(call, result, MemoryError);
}
