namespace MilterCrypt.Engine.Mail;

/// <summary>A piece of a field's value, and of the text that a reader sees of it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins in the value.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="TextStart">Where it begins in the text.</param>
/// <param name="TextEnd">Where it ends there; the same as where it begins for what a reader doesn't see.</param>
internal readonly record struct TextPiece(TextPieceKind Kind, int Start, int End, int TextStart, int TextEnd);

/// <summary>Kinds of <see cref="TextPiece"/>.</summary>
internal enum TextPieceKind
{
    /// <summary>Octets that stand for themselves.</summary>
    AsItCame,

    /// <summary>An encoded word (RFC 2047).</summary>
    Word,

    /// <summary>White space between two encoded words.</summary>
    Gap,

    /// <summary>The line feed of a fold.</summary>
    Fold,
}
