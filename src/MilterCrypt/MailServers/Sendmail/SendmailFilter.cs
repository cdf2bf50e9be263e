using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers.Sendmail;

/// <summary>A line <c>Xname, S=address, F=flags, T=times</c> of sendmail.cf: a filter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">The address as it is written.</param>
/// <param name="Flags">What is done with mail while the filter fails; empty lets it pass.</param>
/// <param name="Times">The time-outs that are given, as they are written, by their letters C, S, R and E.</param>
internal sealed record SendmailFilter(string Name, string Address, string Flags, IReadOnlyDictionary<char, string> Times)
{
    /// <summary>Where Sendmail connects; null where that can't be read.</summary>
    public MilterEndpoint? Endpoint
    {
        get
        {
            int colon = Address.IndexOf(':', StringComparison.Ordinal);
            string kind = colon <= 0 ? "unix" : Address[..colon].ToLowerInvariant();
            // Postfix's host:port is no address for Sendmail.
            return kind.StartsWith("inet", StringComparison.Ordinal) && !Address.Contains('@', StringComparison.Ordinal) ? null
                : MilterEndpoint.TryParse($"{kind}:{Address[(colon + 1)..]}", out var endpoint, out _) ? endpoint : null;
        }
    }

    /// <summary>Reads what stands behind the X.</summary>
    public static SendmailFilter Read(string line)
    {
        int end = line.IndexOfAny([',', ' ', '\t']);
        var fields = SendmailValue.Fields(SendmailValue.Split(end < 0 ? "" : line[end..], ','), '=');
        return new SendmailFilter(
            end < 0 ? line : line[..end],
            fields.GetValueOrDefault('S', ""),
            fields.GetValueOrDefault('F', ""),
            SendmailValue.Fields(SendmailValue.Split(fields.GetValueOrDefault('T', ""), ';'), ':'));
    }

    /// <summary>A time-out: as given, else Sendmail's own; null where it can't be read.</summary>
    public TimeSpan? Timeout(char letter) => Times.TryGetValue(letter, out string? text)
        ? SendmailValue.Time(text)
        : TimeSpan.FromSeconds(letter is 'C' or 'E' ? 300 : 10);
}
