using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.Engine.Mail;

/// <summary>Reads a finished sealed spool from its start, chunk by chunk, each verified before any of it is shown. Its buffer is
/// cleared at the end, and at disposal.</summary>
internal sealed class SealedSpoolReader(Stream chunks, AesGcm cipher, long length, ClearedBufferPool buffers) : ReadOnceStream(length)
{
    private readonly byte[] sealedChunk = new byte[Spool.BlockSize];
    private IMemoryOwner<byte>? chunk = buffers.Rent(SealedSpool.ChunkLength);
    private int available;
    private int taken;
    private long number;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (NextLength is > 0 and var next)
        {
            chunks.ReadExactly(sealedChunk.AsSpan(0, next));
            Unseal(next);
        }
        return Take(buffer);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (NextLength is > 0 and var next)
        {
            await chunks.ReadExactlyAsync(sealedChunk.AsMemory(0, next), cancellationToken).ConfigureAwait(false);
            Unseal(next);
        }
        return Take(buffer.Span);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Forget();
        base.Dispose(disposing);
    }

    /// <summary>The length of the chunk that must be read first, tag included; 0 where something is left of the last, or nothing at
    /// all.</summary>
    private int NextLength => taken < available || Position == Length
        ? 0
        : (int)Math.Min(SealedSpool.ChunkLength, Length - Position) + SealedSpool.TagLength;

    private void Unseal(int sealedLength)
    {
        ObjectDisposedException.ThrowIf(chunk is null, this);
        available = sealedLength - SealedSpool.TagLength;
        taken = 0;
        Span<byte> nonce = stackalloc byte[AesGcm.NonceByteSizes.MaxSize];
        SealedSpool.WriteNonce(nonce, number++);
        try
        {
            cipher.Decrypt(
                nonce, sealedChunk.AsSpan(0, available), sealedChunk.AsSpan(available, SealedSpool.TagLength), chunk.Memory.Span[..available]);
        }
        catch (AuthenticationTagMismatchException fault)
        {
            available = 0;
            throw new SpoolException("A temporary file is not what it was any more.", fault);
        }
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(available - taken, buffer.Length);
        if (count > 0)
            chunk!.Memory.Span.Slice(taken, count).CopyTo(buffer);
        taken += count;
        int read = Passed(count, buffer.Length);
        if (Position == Length)
            Forget();
        return read;
    }

    private void Forget()
    {
        chunk?.Dispose();
        chunk = null;
        available = taken = 0;
    }
}
