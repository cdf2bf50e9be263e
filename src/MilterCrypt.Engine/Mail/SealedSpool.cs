using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.Native.Memory;

namespace MilterCrypt.Engine.Mail;

/// <summary>Holds plaintext that must wait for a message's end: a spool that is encrypted under a key of its own, which nobody but
/// the cipher in this process ever has. Owned by one message; written, flushed after each piece, completed, then read. Disposal
/// forgets the key and clears what was in clear.</summary>
/// <remarks>AES-256-GCM in chunks; the chunk's number is its nonce, so that none can take another's place. How many there are
/// is kept in memory, so that none can be missing.</remarks>
public sealed class SealedSpool : IAsyncDisposable
{
    internal const int TagLength = 16;

    /// <summary>A chunk fills a block of the spool.</summary>
    internal const int ChunkLength = Spool.BlockSize - TagLength;

    private const int KeyLength = 32;

    /// <summary>What may wait in memory for the next flush: a piece of compressed text may become any length at once.</summary>
    private const int MaxWaitingChunks = 16;

    private readonly Spool spool;
    private readonly AesGcm cipher;
    private readonly ClearedBufferPool buffers;
    private readonly IMemoryOwner<byte> chunk;
    private int used;
    private long chunks;
    private int waiting;

    private SealedSpool(Spool spool, AesGcm cipher, ClearedBufferPool buffers)
    {
        this.spool = spool;
        this.cipher = cipher;
        this.buffers = buffers;
        chunk = buffers.Rent(ChunkLength);
    }

    /// <summary>The bytes written so far.</summary>
    public long Length => (chunks * ChunkLength) + used;

    /// <summary>Whether it was written while the process held all that it may: what was written is lost, and the message to be
    /// refused for now.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Opens a spool, or returns false where the process holds all that it may already.</summary>
    /// <param name="options">Where it goes.</param>
    /// <param name="budget">What all may hold.</param>
    /// <param name="buffers">Where memory for plaintext comes from.</param>
    /// <param name="random">Makes the key.</param>
    /// <param name="spool">The spool.</param>
    public static bool TryOpen(
        SpoolOptions options, SpoolBudget budget, ClearedBufferPool buffers, RandomNumberGenerator random,
        [NotNullWhen(true)] out SealedSpool? spool)
    {
        spool = null;
        Span<byte> key = stackalloc byte[KeyLength];
        try
        {
            random.GetBytes(key);
            if (Spool.TryOpen(options, budget, out var below))
                spool = new SealedSpool(below, new AesGcm(key, TagLength), buffers);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
        return spool is not null;
    }

    /// <summary>Takes plaintext.</summary>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public void Write(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty && !IsSpent)
        {
            int taken = Math.Min(ChunkLength - used, text.Length);
            text[..taken].CopyTo(chunk.Memory.Span[used..]);
            used += taken;
            text = text[taken..];
            if (used < ChunkLength)
                return;

            Seal();
            chunks++;
            used = 0;
            if (++waiting == MaxWaitingChunks)
            {
                IsSpent = !spool.Flush();
                waiting = 0;
            }
        }
    }

    /// <summary>See <see cref="Spool.FlushAsync"/>.</summary>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public async ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        IsSpent = IsSpent || !await spool.FlushAsync(cancellationToken).ConfigureAwait(false);
        waiting = 0;
        return !IsSpent;
    }

    /// <summary>Nothing more is written.</summary>
    /// <inheritdoc cref="FlushAsync"/>
    public ValueTask<bool> CompleteAsync(CancellationToken cancellationToken)
    {
        if (used > 0)
            Seal();
        return FlushAsync(cancellationToken);
    }

    /// <summary>Reads everything from the start, after <see cref="CompleteAsync"/>. The stream is valid until the spool is
    /// disposed; one at a time. It throws <see cref="SpoolException"/> where the disk gives back other bytes than it got.</summary>
    public Stream OpenRead() => new SealedSpoolReader(spool.OpenRead(), cipher, Length, buffers);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        chunk.Dispose();
        cipher.Dispose();
        await spool.DisposeAsync().ConfigureAwait(false);
    }

    internal static void WriteNonce(Span<byte> nonce, long chunk)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[^sizeof(long)..], chunk);
    }

    private void Seal()
    {
        Span<byte> nonce = stackalloc byte[AesGcm.NonceByteSizes.MaxSize];
        WriteNonce(nonce, chunks);
        var output = spool.GetSpan(used + TagLength);
        cipher.Encrypt(nonce, chunk.Memory.Span[..used], output[..used], output.Slice(used, TagLength));
        spool.Advance(used + TagLength);
    }
}
