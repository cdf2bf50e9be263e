using System.Buffers;
using MilterCrypt.OpenPgp.Compression;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>Reads a compressed data packet (RFC 9580 §5.6) and the message in it.</summary>
internal sealed class CompressedLayer : IDisposable
{
    // What frames the text inside: packets' headers and lengths, and signatures.
    private const long MaxOverhead = 2L << 20;

    private readonly MessageInProgress message;
    private readonly MessageLevel inner;
    private readonly IMemoryOwner<byte> buffer;
    private Decompressor? decompressor;

    internal CompressedLayer(MessageInProgress message, int depth)
    {
        this.message = message;
        inner = new MessageLevel(message, isOutermost: false, depth);
        buffer = message.Options.Buffers.Rent(Decompressor.LargestPiece);
    }

    // The text itself has a limit of its own, which its framing must not use up.
    private long Limit => message.Options.MaxLength + (message.Options.MaxLength >> 6) + MaxOverhead;

    /// <summary>Takes the next octets of the body, of which the first names the algorithm.</summary>
    internal MessageRefusal? Write(ReadOnlySpan<byte> data)
    {
        if (decompressor is null)
        {
            var algorithm = (CompressionAlgorithm)data[0];
            decompressor = Decompressor.Create(algorithm, inner, Limit, buffer.Memory, out string? reason);
            if (decompressor is null)
                return new MessageRefusal(MessageRefusalKind.Unsupported, reason!);
            data = data[1..];
        }

        bool isSound = data.IsEmpty || decompressor.TryWrite(data);
        return inner.Refusal ?? (isSound ? null : Problem());
    }

    /// <summary>Ends it.</summary>
    internal MessageRefusal? Complete()
    {
        if (decompressor is null)
            return new MessageRefusal(MessageRefusalKind.Malformed, "compressed data that is cut short");
        return decompressor.TryComplete() ? inner.Finish() : Problem();
    }

    public void Dispose()
    {
        decompressor?.Dispose();
        inner.Dispose();
        buffer.Dispose();
    }

    private MessageRefusal Problem() => decompressor!.Problem == DecompressionProblem.TooLong
        ? message.TooLarge()
        : new MessageRefusal(MessageRefusalKind.Malformed, "damaged compressed data");
}
