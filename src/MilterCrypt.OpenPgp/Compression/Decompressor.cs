using MilterCrypt.Native;
using MilterCrypt.Native.Compression;
using MilterCrypt.Native.LibBz2;
using MilterCrypt.Native.LibZ;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Compression;

/// <summary>Opens the body of a compressed data packet (RFC 9580 §5.6) while it comes, and passes what comes out to the next
/// layer, a buffer at a time. Whoever wrote the packet chose how much that is, so there is a limit, and nothing beyond it
/// is passed on. Owned by its maker, one thread at a time.</summary>
internal sealed class Decompressor : IDisposable
{
    /// <summary>Octets that the next layer gets at once, at the most.</summary>
    internal const int LargestPiece = 1 << 16;

    private readonly IDecompressor? stream;
    private readonly IOctetSink next;
    private readonly Memory<byte> buffer;
    private readonly bool mayBePadded;
    private long allowed;
    private bool ended;

    private Decompressor(IDecompressor? stream, IOctetSink next, long limit, Memory<byte> buffer, bool mayBePadded)
    {
        this.stream = stream;
        this.next = next;
        this.buffer = buffer;
        this.mayBePadded = mayBePadded;
        allowed = limit;
    }

    /// <summary>What was wrong once a call has returned false.</summary>
    internal DecompressionProblem Problem { get; private set; }

    /// <summary>Begins a body; null where the algorithm is unknown or its library is not installed.</summary>
    /// <param name="algorithm">The packet's first octet, which is no part of the body here.</param>
    /// <param name="next">Gets what comes out. It is not completed: the caller knows better whether all went well.</param>
    /// <param name="limit">How many octets may come out.</param>
    /// <param name="buffer">One octet at least, of which at most <see cref="LargestPiece"/> are used; its owner clears it.</param>
    /// <param name="reason">Why there is none, for an administrator.</param>
    internal static Decompressor? Create(
        CompressionAlgorithm algorithm, IOctetSink next, long limit, Memory<byte> buffer, out string? reason)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfZero(buffer.Length, nameof(buffer));
        IDecompressor? stream = null;
        reason = null;
        switch (algorithm)
        {
            case CompressionAlgorithm.Uncompressed:
                break;
            case CompressionAlgorithm.Zip:
                reason = (stream = Inflater.Begin(InflateFormat.Raw)) is null ? NativeLibraries.Zlib.MissingText : null;
                break;
            case CompressionAlgorithm.Zlib:
                reason = (stream = Inflater.Begin(InflateFormat.Zlib)) is null ? NativeLibraries.Zlib.MissingText : null;
                break;
            case CompressionAlgorithm.Bzip2:
                reason = (stream = Bzip2Decompressor.Begin()) is null ? NativeLibraries.Bzip2.MissingText : null;
                break;
            default:
                reason = $"compression algorithm {(int)algorithm} is unknown";
                break;
        }

        // Sequoia hides how long a message is with octets behind the end of a raw deflate stream, which says itself where it
        // ends. They say nothing, and nobody gets them.
        bool mayBePadded = algorithm == CompressionAlgorithm.Zip;
        Memory<byte> piece = buffer[..Math.Min(buffer.Length, LargestPiece)];
        return reason is null ? new Decompressor(stream, next, limit, piece, mayBePadded) : null;
    }

    /// <summary>Takes the next octets of the body. False, then and ever after, once something is wrong: see
    /// <see cref="Problem"/>. What was passed on before stands.</summary>
    internal bool TryWrite(ReadOnlySpan<byte> data)
    {
        if (Problem != DecompressionProblem.None)
            return false;

        return stream is null ? TryPass(data) : TryOpen(stream, data);
    }

    /// <summary>Says that the body is at its end; true where the compressed stream ended there, or before
    /// padding.</summary>
    internal bool TryComplete()
    {
        if (Problem == DecompressionProblem.None && (ended || stream is null))
            return true;

        return Fail(Problem == DecompressionProblem.None ? DecompressionProblem.Damaged : Problem);
    }

    /// <inheritdoc/>
    public void Dispose() => stream?.Dispose();

    private bool TryOpen(IDecompressor open, ReadOnlySpan<byte> data)
    {
        while (!ended)
        {
            // One octet more than is allowed shows that there is more; it goes nowhere.
            Span<byte> room = buffer.Span[..(int)(Math.Min(buffer.Length - 1, allowed) + 1)];
            DecompressionStep step = open.Process(data, room);
            data = data[step.Taken..];
            if (!TryPass(room[..step.Written]))
                return false;

            ended = step.State == DecompressionState.Ended;
            if (step.State == DecompressionState.Damaged)
                return Fail(DecompressionProblem.Damaged);
            if (step.State == DecompressionState.Open && step.Written < room.Length)
                return data.IsEmpty || Fail(DecompressionProblem.Damaged);
        }

        return data.IsEmpty || mayBePadded || Fail(DecompressionProblem.Damaged);
    }

    private bool TryPass(ReadOnlySpan<byte> data)
    {
        bool fits = data.Length <= allowed;
        ReadOnlySpan<byte> rest = fits ? data : data[..(int)allowed];
        allowed -= rest.Length;
        while (!rest.IsEmpty)
        {
            int length = Math.Min(rest.Length, LargestPiece);
            next.Write(rest[..length]);
            rest = rest[length..];
        }

        return fits || Fail(DecompressionProblem.TooLong);
    }

    private bool Fail(DecompressionProblem problem)
    {
        Problem = problem;
        return false;
    }
}
