using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages.Signing;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>A message in the cleartext framework (RFC 9580 §7). What is signed is <see cref="Text"/>, octet by octet, and
/// nothing else of what was read. Owned by its maker, one thread at a time; disposal clears the text.</summary>
public sealed class CleartextMessage : IDisposable
{
    /// <summary>Octets of the largest message read: nobody reads more text than that.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private readonly byte[] text;
    private readonly InlineSignatures signatures;
    private readonly int length;

    internal CleartextMessage(byte[] text, int length, bool hasTextOutside, InlineSignatures signatures)
    {
        this.text = text;
        this.length = length;
        this.signatures = signatures;
        HasTextOutside = hasTextOutside;
        signatures.Write(Text.Span);
    }

    /// <summary>The signed text: lines without the blanks at their ends, CRLF between them, and none after the last.</summary>
    public ReadOnlyMemory<byte> Text => text.AsMemory(0, length);

    /// <summary>Whether something stood before or after it, which nobody signed and which must not be shown as if.</summary>
    public bool HasTextOutside { get; }

    /// <summary>Whom the signatures name: whose certificates will be needed.</summary>
    public SignatureIssuers Issuers => signatures.Issuers;

    /// <summary>Reads the first such message in a text. Whatever could be understood in two ways is refused: headers other
    /// than Hash, a line of dashes within the text, a header that is not followed by an empty line.</summary>
    /// <param name="input">At most <see cref="MaxLength"/> octets; copied.</param>
    /// <param name="message">The message.</param>
    /// <param name="reason">Why there is none, in an administrator's words.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> input, [NotNullWhen(true)] out CleartextMessage? message, [NotNullWhen(false)] out string? reason) =>
        CleartextReader.TryRead(input, out message, out reason);

    /// <summary>The verdicts, one for each signature.</summary>
    /// <param name="candidates">The certificates at hand; those that no signature names do no harm.</param>
    /// <param name="now">The time.</param>
    /// <param name="policy">Which algorithms are good enough.</param>
    public IReadOnlyList<SignatureVerdict> Judge(IReadOnlyList<Certificate> candidates, DateTimeOffset now, AlgorithmPolicy policy) =>
        signatures.Judge(candidates, now, policy);

    /// <summary>Writes the message's signatures as they would stand beside its text (RFC 9580 §10.4).</summary>
    /// <param name="output">Where they go.</param>
    /// <param name="lineEnding">How lines of armor end; null for binary.</param>
    /// <returns>How many there are; for none nothing is written.</returns>
    public int WriteSignatures(IBufferWriter<byte> output, LineEnding? lineEnding) => DetachedForm.WriteAll(output, lineEnding, signatures);

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(text);
        signatures.Dispose();
    }
}
