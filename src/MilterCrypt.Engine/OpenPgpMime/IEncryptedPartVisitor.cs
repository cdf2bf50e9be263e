using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Says what may stand where the structure of an encrypted message leaves that open, and takes its data.</summary>
internal interface IEncryptedPartVisitor
{
    /// <summary>A line before the first part or behind the last, which no reader of the message shows.</summary>
    bool TakesOutside(ReadOnlySpan<byte> line);

    /// <summary>A part's header.</summary>
    /// <param name="fields">Its fields.</param>
    /// <param name="mediaType">What the part must be.</param>
    bool TakesPartHeader(IReadOnlyList<HeaderField> fields, string mediaType);

    /// <summary>A line of the encrypted part, without its end.</summary>
    bool TakesData(ReadOnlySpan<byte> line);
}
