using System.Security.Cryptography;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Holding;

/// <summary>Opens held messages with the escrow's secret key, wherever it is kept: a line of the audit for each.</summary>
/// <param name="source">Who has the key.</param>
/// <param name="find">A certificate, by its fingerprint; null where it is not known.</param>
/// <param name="spool">Where the text goes, sealed.</param>
/// <param name="budget">How much of it may.</param>
/// <param name="buffers">Where memory for plaintext comes from; the caller's to dispose.</param>
/// <param name="clock">The time.</param>
/// <param name="random">Makes the seal.</param>
public sealed class HeldOpener(
    ISecretKeySource source, Func<Fingerprint, Certificate?> find, SpoolOptions spool, SpoolBudget budget, ClearedBufferPool buffers, TimeProvider clock,
    RandomNumberGenerator random)
{
    private const int Piece = 64 * 1024;

    /// <summary>What is too long is found by the spool: we have written it ourselves, and know its length by its file's.</summary>
    private const long MaxText = 1L << 50;

    /// <summary>A header has at most <c>limits.header</c>, and grows by its line ends.</summary>
    private const int MaxHeader = 128 << 20;

    /// <summary>Opens one. Nothing of it is shown before it is proven to be whole and to belong to its record.</summary>
    /// <param name="file">The message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HoldingException">It can't be opened; the message says why.</exception>
    /// <exception cref="SecretKeyException">The key can't be used now.</exception>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public async Task<HeldContent> OpenAsync(HeldFile file, CancellationToken cancellationToken)
    {
        if (!SealedSpool.TryOpen(spool, budget, buffers, random, out var text))
            throw NoRoom(file);
        bool isOpened = false;
        try
        {
            await DecryptAsync(file, text, cancellationToken).ConfigureAwait(false);
            var (header, offset) = await ReadHeaderAsync(file, text, cancellationToken).ConfigureAwait(false);
            isOpened = true;
            return new HeldContent(text, header, offset, buffers);
        }
        finally
        {
            if (!isOpened)
                await text.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task DecryptAsync(HeldFile file, SealedSpool text, CancellationToken cancellationToken)
    {
        var sink = new HeldText(text);
        using var reader = new MessageReader(sink, new ReadingOptions { Clock = clock, Buffers = buffers, MaxLength = MaxText });
        var content = HeldFolder.OpenContent(file);
        await using (content.ConfigureAwait(false))
        {
            byte[] piece = new byte[Piece];
            for (int read; (read = await content.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                reader.Write(piece.AsSpan(0, read));
                if (reader.SessionKeyWanted is { } wanted)
                    await UseKeyAsync(file, reader, wanted, cancellationToken).ConfigureAwait(false);
                if (!await text.FlushAsync(cancellationToken).ConfigureAwait(false))
                    throw NoRoom(file);
            }
        }
        if (reader.Complete([]) is MessageReading.Refused { Refusal: var refusal })
            throw new HoldingException($"{file.Id} can't be opened: {refusal.Reason}");
        if (!sink.IsProven)
            throw new HoldingException($"{file.Id} is not proven to be whole");
        if (!await text.CompleteAsync(cancellationToken).ConfigureAwait(false))
            throw NoRoom(file);
    }

    private async Task UseKeyAsync(HeldFile file, MessageReader reader, SessionKeyRequest wanted, CancellationToken cancellationToken)
    {
        var held = new List<PublicKey>();
        foreach (var fingerprint in file.Record.Escrow)
        {
            if (find(fingerprint) is not { } certificate)
                continue;
            foreach (var key in certificate.Subkeys.Select(static subkey => subkey.Key).Append(certificate.PrimaryKey).Where(certificate.IsForDecryption))
            {
                if (await source.HoldsAsync(fingerprint, key, KeyOperation.Open, cancellationToken).ConfigureAwait(false))
                    held.Add(key);
            }
        }
        string escrow = string.Join(", ", file.Record.Escrow);
        if (held.Count == 0)
            throw new HoldingException($"{file.Id} can't be opened: the key store has no certificate {escrow}, or nobody holds its secret key here");
        var use = new KeyUse(file.Id, "release");
        using var session = await source.OpenAsync(wanted, held, use, cancellationToken).ConfigureAwait(false)
            ?? throw new HoldingException($"{file.Id} can't be opened: it is not encrypted to {escrow}");
        reader.UseSessionKey(session, null);
    }

    private static async Task<(IReadOnlyList<HeaderField> Header, int Length)> ReadHeaderAsync(HeldFile file, SealedSpool text, CancellationToken cancellationToken)
    {
        var stream = text.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            using var start = new ClearedBufferWriter();
            for (int searched = 0; start.WrittenMemory.Length <= MaxHeader;)
            {
                int read = await stream.ReadAsync(start.GetMemory(Piece)[..Piece], cancellationToken).ConfigureAwait(false);
                start.Advance(read);
                int end = start.WrittenMemory.Span[searched..].IndexOf("\r\n\r\n"u8);
                if (end >= 0 && HeldHeader.Read(file.RecordLine, start.WrittenMemory.Span[..(searched + end + 4)]) is { } header)
                    return (header, searched + end + 4);
                if (end >= 0 || read == 0)
                    break;
                searched = Math.Max(0, start.WrittenMemory.Length - 3);
            }
        }
        throw new HoldingException($"what is encrypted in {file.Id} does not belong to what stands before it: somebody has changed the file");
    }

    private static HoldingException NoRoom(HeldFile file) => new($"{file.Id} can't be opened now: no room in the spool");
}
