using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Bodies;

/// <summary>The field that tells a recipient's mail program what was done with a message. Readers believe it, so nobody else's
/// gets through to whom it may be written for.</summary>
internal static class ResultField
{
    internal const string Name = "MilterCrypt-Result";

    /// <summary>Takes those out that came with a message.</summary>
    internal static IReadOnlyList<HeaderChange> Strip(IReadOnlyList<HeaderField> header) =>
    [
        // Readers pass over blanks before the colon (RFC 5322 §4.5.8).
        .. from field in header.Index()
           where field.Item.Name.AsSpan().Trim().Equals(Name, StringComparison.OrdinalIgnoreCase)
           select new HeaderChange.Delete(field.Index),
    ];

    /// <summary>Says that a message was opened: see docs/decrypting.md.</summary>
    internal static HeaderChange.Prepend Of(OpeningFacts facts)
    {
        string signature = facts.Signature switch
        {
            AuthorSignature.Good => $"good;\n\tsigner={facts.Signer}",
            AuthorSignature.Bad => "bad",
            AuthorSignature.Unknown => "unknown",
            _ => "none",
        };
        return new HeaderChange.Prepend(Name, Encoding.ASCII.GetBytes($" decrypted; key={facts.Key}; signature={signature}"));
    }
}
