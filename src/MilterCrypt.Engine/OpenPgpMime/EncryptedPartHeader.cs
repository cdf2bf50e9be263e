using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>What the header of either part of an encrypted message may say. It stays readable for everybody, so only
/// what mail programs are known to write passes: elsewhere a letter, or a subject, could stand.</summary>
internal static class EncryptedPartHeader
{
    /// <summary>The longest in use has 29 characters.</summary>
    private const int MaxFileName = 32;

    /// <summary>Thunderbird and GnuPG's plugins, Apple's Mail, Evolution, and this filter.</summary>
    private static readonly string[] KnownDescriptions =
    [
        "PGP/MIME version identification",
        "PGP/MIME Versions Identification",
        "OpenPGP encrypted message",
        "OpenPGP encrypted message.asc",
        "This is a digitally encrypted message part",
    ];

    private static readonly string[] KnownFileNames = ["OpenPGP encrypted message.asc", "OpenPGP encrypted message"];

    /// <summary>Whether it is the header of a part of that type and tells nothing else.</summary>
    internal static bool IsHarmless(IReadOnlyList<HeaderField> fields, string mediaType) =>
        fields.Any(field => field.Is("Content-Type"))
        && fields.DistinctBy(field => field.Name, StringComparer.OrdinalIgnoreCase).Count() == fields.Count
        && fields.All(field => IsHarmless(field, mediaType));

    private static bool IsHarmless(HeaderField field, string mediaType)
    {
        // Readers of fields skip comments; people don't.
        var value = field.Value.Span;
        if (value.Contains((byte)'('))
            return false;
        return field.Name.ToLowerInvariant() switch
        {
            "content-type" => ContentType.Parse(value) is { } type && type.MediaType == mediaType && OnlyFileName(type.Parameters, "name"),
            "content-disposition" => IsHarmlessDisposition(value),
            "content-description" => KnownDescriptions.Contains(Text(value)),
            "content-transfer-encoding" => AsciiCase.ToLower(Text(value)) is "7bit" or "8bit",
            _ => false,
        };
    }

    private static bool IsHarmlessDisposition(ReadOnlySpan<byte> value)
    {
        var reader = new StructuredFieldReader(value);
        return reader.TryReadToken(out string disposition) && AsciiCase.ToLower(disposition) is "inline" or "attachment"
            && reader.TryReadParameters(out var parameters) && OnlyFileName(parameters, "filename");
    }

    private static bool OnlyFileName(IReadOnlyDictionary<string, string> parameters, string name) =>
        parameters.Count == 0 || (parameters.Count == 1 && parameters.TryGetValue(name, out string? fileName) && IsHarmlessFileName(fileName));

    private static bool IsHarmlessFileName(string name) =>
        KnownFileNames.Contains(name)
        || (name.Length <= MaxFileName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && Path.GetExtension(name) is ".asc" or ".pgp" or ".gpg");

    private static string Text(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value).Trim();
}
