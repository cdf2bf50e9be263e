using System.Buffers;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>Cuts a new body into the pieces that frames carry. Owned by the writer of one message's changes.</summary>
/// <param name="body">The body.</param>
/// <param name="pool">Where the memory comes from, which is wiped when it goes back.</param>
/// <param name="size">How much a piece holds.</param>
internal sealed class BodyPieces(Stream body, MemoryPool<byte> pool, int size) : IDisposable
{
    // One block for the usual frame; the larger ones that an MTA may allow take several.
    private readonly List<IMemoryOwner<byte>> blocks = [];

    /// <summary>How many bytes the piece that was read has.</summary>
    public int Length { get; private set; }

    /// <summary>Whether it is full; one that is not is the last.</summary>
    public bool IsFull => Length == size;

    /// <summary>Reads the next piece.</summary>
    public async Task ReadAsync()
    {
        Length = 0;
        for (int block = 0; Length < size; block++)
        {
            if (block == blocks.Count)
                blocks.Add(pool.Rent(Math.Min(size, pool.MaxBufferSize)));
            Memory<byte> room = Room(block);
            int read = await body.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false);
            Length += read;
            if (read < room.Length)
                return;
        }
    }

    /// <summary>Writes it as one frame.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        FrameWriter.WritePrefix(output, MilterReply.ReplaceBody, Length);
        int left = Length;
        for (int block = 0; left > 0; block++)
        {
            ReadOnlySpan<byte> part = Room(block).Span;
            part = part[..Math.Min(part.Length, left)];
            output.Write(part);
            left -= part.Length;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in blocks)
            block.Dispose();
    }

    private Memory<byte> Room(int block)
    {
        Memory<byte> memory = blocks[block].Memory;
        return memory[..Math.Min(memory.Length, size - (block * memory.Length))];
    }
}
