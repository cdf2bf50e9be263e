using System.Globalization;
using System.Text;

namespace MilterCrypt.OpenPgp.Packets;

/// <summary>A user ID packet (RFC 9580 §5.11): what a key says its owner is called. Nothing until a self-signature
/// binds it. Immutable; owns its octets.</summary>
public sealed class UserId
{
    /// <summary>The largest user ID read, in octets.</summary>
    public const int MaxLength = 2048;

    private readonly byte[] octets;

    /// <summary>Takes a copy of a packet's body.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxLength"/> octets.</exception>
    public UserId(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxLength)
            throw new ArgumentException($"A user ID of {body.Length} octets.", nameof(body));

        octets = body.ToArray();
        Text = Printable(Encoding.UTF8.GetString(octets));
        Address = UserIdAddress.Find(Text);
    }

    /// <summary>The octets as they are signed.</summary>
    public ReadOnlyMemory<byte> Octets => octets;

    /// <summary>The text, safe to print: what is not UTF-8, or would move a terminal's cursor or turn its text
    /// around, is shown as U+FFFD.</summary>
    public string Text { get; }

    /// <summary>The one mail address in it, as written, or null where there is none or more than one.</summary>
    public string? Address { get; }

    /// <summary>The printable text.</summary>
    public override string ToString() => Text;

    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            bool isHarmless = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control
                or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse);
            printable.Append((isHarmless ? rune : Rune.ReplacementChar).ToString());
        }

        return printable.ToString();
    }
}
