using System.Buffers;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Takes the armor out of a multipart/encrypted body: strict about its structure, indifferent to what mail programs
/// write into part headers and around the parts, which is lost where the message is opened. Owned by its message; bounded
/// memory.</summary>
internal sealed class EncryptedPartReader : IEncryptedPartVisitor, IDisposable
{
    /// <summary>The lines around the parts, all together: mail programs write one.</summary>
    private const int MaxOutside = 16 * 1024;

    private readonly EncryptedParts parts;
    private readonly ArrayBufferWriter<byte> armor = new();
    private int outside;
    private bool hasBegun;

    internal EncryptedPartReader(string boundary) => parts = new EncryptedParts(boundary, this);

    /// <summary>See <see cref="EncryptedParts.Problem"/>.</summary>
    internal string? Problem => parts.Problem;

    /// <summary>What came since it was last cleared: whole lines.</summary>
    internal ReadOnlySpan<byte> Armor => armor.WrittenSpan;

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    internal void Write(ReadOnlySpan<byte> body) => parts.Write(body);

    internal void ClearArmor() => armor.ResetWrittenCount();

    /// <inheritdoc cref="EncryptedParts.Complete"/>
    internal bool Complete() => parts.Complete();

    /// <inheritdoc/>
    public void Dispose() => parts.Dispose();

    /// <inheritdoc/>
    public bool TakesOutside(ReadOnlySpan<byte> line)
    {
        outside += line.Length + 1;
        return outside <= MaxOutside;
    }

    /// <inheritdoc/>
    public bool TakesPartHeader(IReadOnlyList<HeaderField> fields, string mediaType) =>
        PgpMimeType.Sole(fields)?.MediaType == mediaType && PgpMimeType.IsUnencoded(fields);

    /// <inheritdoc/>
    public bool TakesData(ReadOnlySpan<byte> line)
    {
        // Text before the armor would be lost without a word.
        if (!hasBegun && !EncryptedParts.IsBlank(line))
        {
            if (!line.TrimEnd(" \t"u8).SequenceEqual("-----BEGIN PGP MESSAGE-----"u8))
                return false;
            hasBegun = true;
        }
        armor.Write(line);
        armor.Write("\r\n"u8);
        return true;
    }
}
