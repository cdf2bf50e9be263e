using System.Buffers;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Commands.Sop;

/// <summary>A message that holds its text and signatures in clear: packets, or the cleartext framework. Disposal clears it.</summary>
internal sealed class SopInlineMessage : IDisposable
{
    private const int MaxLength = 512 << 20;

    private readonly HeldPlaintext? held;
    private readonly MessageReader? reader;
    private readonly CleartextMessage? cleartext;

    private SopInlineMessage(CleartextMessage cleartext, IReadOnlyList<SignatureVerdict> verdicts)
    {
        this.cleartext = cleartext;
        Verdicts = verdicts;
        Text = [cleartext.Text];
    }

    private SopInlineMessage(HeldPlaintext held, MessageReader reader, IReadOnlyList<SignatureVerdict> verdicts)
    {
        this.held = held;
        this.reader = reader;
        Verdicts = verdicts;
        Text = held.Pieces();
    }

    /// <summary>What is to be thought of each signature.</summary>
    public IReadOnlyList<SignatureVerdict> Verdicts { get; }

    /// <summary>The text that the signatures are over.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Text { get; }

    /// <summary>Reads the one on standard input.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static SopInlineMessage ReadStandardInput(Pgp pgp, IReadOnlyList<Certificate> signers)
    {
        using var input = SopInput.ReadStandardInput(MaxLength);
        if (!IsCleartext(input.Octets.Span))
            return ReadPackets(input, pgp, signers);
        if (!CleartextMessage.TryRead(input.Octets, out var message, out string? reason))
            throw new CommandException(SopExitCode.BadData, $"standard input: {reason}");
        return new SopInlineMessage(message, message.Judge(signers, pgp.Clock.GetUtcNow(), pgp.Policy));
    }

    /// <summary>Writes the signatures as they would stand beside the text.</summary>
    /// <returns>How many there are.</returns>
    public int WriteSignatures(IBufferWriter<byte> output, LineEnding? armor) =>
        cleartext?.WriteSignatures(output, armor) ?? reader!.WriteSignatures(output, armor);

    /// <summary>Writes the text to standard output.</summary>
    public async Task WriteTextAsync(CancellationToken cancellationToken)
    {
        foreach (var piece in Text)
            await SopStreaming.WriteAsync(piece, cancellationToken);
    }

    /// <summary>Clears it.</summary>
    public void Dispose()
    {
        cleartext?.Dispose();
        reader?.Dispose();
        held?.Dispose();
    }

    private static SopInlineMessage ReadPackets(SopInput input, Pgp pgp, IReadOnlyList<Certificate> signers)
    {
        var held = new HeldPlaintext(pgp.Buffers);
        var reader = new MessageReader(held, new ReadingOptions { Policy = pgp.Policy, Clock = pgp.Clock, Buffers = pgp.Buffers });
        bool isRead = false;
        try
        {
            reader.Write(input.Octets.Span);
            if (reader.SessionKeyWanted is not null)
                throw new CommandException(SopExitCode.BadData, "standard input: an encrypted message, which is to be decrypted first");
            var reading = reader.Complete(signers);
            if (reading is MessageReading.Refused(var refusal))
                throw new CommandException(SopExitCode.BadData, $"standard input: {refusal.Reason}");
            isRead = true;
            return new SopInlineMessage(held, reader, ((MessageReading.Read)reading).Content.Signatures);
        }
        finally
        {
            if (!isRead)
            {
                reader.Dispose();
                held.Dispose();
            }
        }
    }

    // The first line of armor says which it is.
    private static bool IsCleartext(ReadOnlySpan<byte> octets)
    {
        if (ArmoredData.IsBinary(octets))
            return false;
        while (!octets.IsEmpty)
        {
            int end = octets.IndexOf((byte)'\n');
            var line = (end < 0 ? octets : octets[..end]).TrimEnd(" \t\r"u8);
            if (line.SequenceEqual("-----BEGIN PGP SIGNED MESSAGE-----"u8))
                return true;
            if (line.SequenceEqual("-----BEGIN PGP MESSAGE-----"u8))
                return false;
            octets = end < 0 ? default : octets[(end + 1)..];
        }

        return false;
    }
}
