using System.Buffers;

namespace MilterCrypt.Milter.Wire;

/// <summary>Where mail really goes: MTAs complete and rewrite an envelope's addresses (<c>bob</c> gets a domain,
/// <c>bob%partner.example@here</c> is for partner.example) and tell the result in {mail_addr} and {rcpt_addr}.</summary>
internal static class ResolvedAddress
{
    // RFC 5322 §3.2.3's specials, and what can't stand outside quotes either.
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(" \t\"(),:;<>@[\\]");

    /// <param name="told">The macro's value, or null when there is none.</param>
    /// <param name="given">The address as the SMTP client gave it.</param>
    /// <returns>The address that the MTA will use, quoted as SMTP quotes it; the given one where the macro has none
    /// that is whole: Sendmail tells the bare name of a local user, and nothing of the null sender.</returns>
    public static string Of(string? told, string given)
    {
        if (given.Length == 0 || told is null)
            return given;

        // Sendmail may leave the dot with which it marks a canonical name.
        string address = told.EndsWith('.') ? told[..^1] : told;
        int at = address.LastIndexOf('@');
        if (at <= 0 || at == address.Length - 1)
            return given;

        string name = address[..at];
        bool quoted = name is ['"', .., '"'];
        return quoted || !name.AsSpan().ContainsAny(NeedsQuotes) ? address : $"{Quoted(name)}{address[at..]}";
    }

    // Postfix's smtpd tells it as it is inside (no quotes), its cleanup as SMTP shows it.
    private static string Quoted(string name) =>
        $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
