using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages.Signing;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>What the levels of one message share. Owned by its reader.</summary>
internal sealed class MessageInProgress(IPlaintextSink output, ReadingOptions options) : IDisposable
{
    private long length;

    internal ReadingOptions Options => options;

    internal InlineSignatures Signatures { get; } = new();

    /// <summary>How the message is encrypted; null where it is not.</summary>
    internal EncryptionFacts? Encryption { get; set; }

    /// <summary>For whom it was decrypted; null where it was not, or by a passphrase.</summary>
    internal Fingerprint? Reader { get; set; }

    /// <summary>The literal packet's format.</summary>
    internal char Format { get; set; } = 'b';

    /// <summary>Takes text.</summary>
    /// <returns>Why it takes no more, or null.</returns>
    internal MessageRefusal? Take(ReadOnlySpan<byte> text)
    {
        length += text.Length;
        if (length > options.MaxLength)
            return TooLarge();
        Signatures.Write(text);
        output.Write(text);
        return null;
    }

    /// <summary>Does the work of taking text, with octets that are none: what was written so far is lost already.</summary>
    internal void Waste(ReadOnlySpan<byte> octets)
    {
        length += octets.Length;
        if (length <= options.MaxLength)
            output.Write(octets);
    }

    internal MessageRefusal TooLarge() =>
        new(MessageRefusalKind.TooLarge, $"more than {options.MaxLength} octets came out of the message");

    /// <summary>Ends a message that is whole and, where it is encrypted, proven.</summary>
    internal MessageContent Prove(IReadOnlyList<Certificate> signers)
    {
        output.Prove();
        var verdicts = Signatures.Judge(signers, options.Clock.GetUtcNow(), options.Policy);
        return new MessageContent(Encryption, Format, Reader is { } reader ? [.. verdicts.Select(verdict => verdict.For(reader))] : verdicts);
    }

    public void Dispose() => Signatures.Dispose();
}
