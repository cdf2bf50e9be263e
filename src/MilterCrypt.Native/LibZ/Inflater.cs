using MilterCrypt.Native.Compression;

namespace MilterCrypt.Native.LibZ;

/// <summary>Inflates by zlib: about 40 KiB of memory, whatever the data say.</summary>
public sealed class Inflater : IDecompressor
{
    // zlib compares the first digit with its own, and the length of the structure.
    private const string Version = "1";
    private const int WindowBits = 15;
    private const int NoFlush = 0;

    private const int Ok = 0;
    private const int StreamEnd = 1;
    private const int NeedDictionary = 2;
    private const int DataError = -3;
    private const int MemoryError = -4;
    private const int BufferError = -5;

    private readonly ZStreamHandle stream;

    private Inflater(ZStreamHandle stream) => this.stream = stream;

    /// <summary>Begins a stream; null where this system has no zlib (<see cref="NativeLibraries.Zlib"/>).</summary>
    /// <exception cref="InvalidOperationException">It is not the zlib that this was written for.</exception>
    /// <exception cref="InsufficientMemoryException">It got no memory.</exception>
    public static unsafe Inflater? Begin(InflateFormat format)
    {
        // A negative number of bits stands for data without header.
        int bits = format == InflateFormat.Raw ? -WindowBits : WindowBits;
        int size = sizeof(ZStream);
        var stream = new ZStreamHandle();
        return stream.TryBegin(() => LibZImports.inflateInit2_(stream, bits, Version, size), static result => Failed("inflateInit2_", result))
            ? new Inflater(stream)
            : null;
    }

    /// <inheritdoc/>
    public unsafe DecompressionStep Process(ReadOnlySpan<byte> input, Span<byte> output)
    {
        ObjectDisposedException.ThrowIf(stream.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfZero(output.Length, nameof(output));
        fixed (byte* from = input, to = output)
        {
            var native = (ZStream*)stream.Structure;
            native->NextIn = from;
            native->AvailableIn = (uint)input.Length;
            native->NextOut = to;
            native->AvailableOut = (uint)output.Length;
            int result = LibZImports.inflate(stream, NoFlush);
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
        // A buffer error says that there was nothing to do: no input, or no room.
        Ok or BufferError => DecompressionState.Open,
        StreamEnd => DecompressionState.Ended,

        // OpenPGP has no dictionaries to preset.
        DataError or NeedDictionary => DecompressionState.Damaged,
        _ => throw Failed("inflate", result),
    };

    private static SystemException Failed(string call, int result) => DecompressionFailure.Make(call, result, MemoryError);
}
