using System.Globalization;
using System.Text;

namespace MilterCrypt.MailServers.Sendmail;

/// <summary>What sendmail.cf says, as far as filters care.</summary>
/// <param name="File">The file.</param>
/// <param name="Version">The release that it was made by; empty where it doesn't say.</param>
/// <param name="Filters">Its filters, whether or not they are called.</param>
/// <param name="Options">Its options by their long names, without regard to case; of one given twice the last.</param>
/// <param name="Daemons">The filters that each listener calls by its own options; null where the general list holds.</param>
internal sealed record SendmailConfiguration(
    string File, string Version, IReadOnlyList<SendmailFilter> Filters, IReadOnlyDictionary<string, string> Options,
    IReadOnlyList<SendmailDaemon> Daemons)
{
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>The names of the filters that are called where a listener doesn't say otherwise.</summary>
    public IReadOnlyList<string> InputMailFilters => Names(Options.GetValueOrDefault("InputMailFilters", ""));

    /// <summary>An option's number; null where it isn't given or can't be read.</summary>
    public long? Number(string option) =>
        long.TryParse(Options.GetValueOrDefault(option, ""), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Reads a file.</summary>
    /// <returns>What it says, or why it can't be read.</returns>
    public static async Task<(SendmailConfiguration? Configuration, string? Failure)> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[MostBytes + 1];
            int length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            if (length > MostBytes)
                return (null, $"it is larger than {MostBytes >> 20} MiB");
            // Sendmail takes octets.
            return Read(Encoding.Latin1.GetString(bytes, 0, length), file) is { } configuration
                ? (configuration, null)
                : (null, "it is no sendmail.cf: it has no line V10 with its version");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"it can't be read: {e.Message}");
        }
    }

    /// <summary>Reads a text; null where it is no sendmail.cf.</summary>
    public static SendmailConfiguration? Read(string text, string file)
    {
        var lines = Unfolded(text).ToList();
        if (!lines.Exists(line => line is ['V', >= '0' and <= '9', ..]))
            return null;
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var daemons = new List<SendmailDaemon>();
        foreach (string[] option in lines.Where(line => line.StartsWith("O ", StringComparison.Ordinal)).Select(line => line[2..].Split('=', 2)))
        {
            string name = option[0].Trim(), value = option.Length > 1 ? option[1].Trim() : "";
            options[name] = value;
            if (name.Equals("DaemonPortOptions", StringComparison.OrdinalIgnoreCase))
                daemons.Add(ReadDaemon(value));
        }
        return new SendmailConfiguration(
            file,
            lines.Find(line => line.StartsWith("DZ", StringComparison.Ordinal))?[2..].Trim() ?? "",
            [.. lines.Where(line => line is ['X', not ' ', ..]).Select(line => SendmailFilter.Read(line[1..]))],
            options,
            daemons);
    }

    private static SendmailDaemon ReadDaemon(string value)
    {
        var fields = SendmailValue.Fields(SendmailValue.Split(value, ','), '=');
        return new SendmailDaemon(
            fields.GetValueOrDefault('N', fields.GetValueOrDefault('P', "smtp")),
            fields.TryGetValue('I', out string? filters) ? Names(filters) : null)
        {
            Port = fields.GetValueOrDefault('P', "smtp"),
            Address = fields.GetValueOrDefault('A', ""),
        };
    }

    private static List<string> Names(string list) => [.. SendmailValue.Split(list, ',', ';')];

    // A line that begins with a blank goes on with the one before it.
    private static IEnumerable<string> Unfolded(string text)
    {
        var line = new StringBuilder();
        foreach (string next in text.Split('\n').Select(raw => raw.TrimEnd('\r')))
        {
            if (next is [' ' or '\t', ..])
            {
                line.Append(next);
                continue;
            }
            if (line.Length > 0)
                yield return line.ToString();
            line.Clear().Append(next);
        }
        yield return line.ToString();
    }
}

/// <summary>A listener of Sendmail's (DaemonPortOptions).</summary>
/// <param name="Name">What its options call it.</param>
/// <param name="Filters">The filters that it calls in place of the general list; null where that holds.</param>
internal sealed record SendmailDaemon(string Name, IReadOnlyList<string>? Filters)
{
    /// <summary>Its port, as it is written: a number or a service's name.</summary>
    public required string Port { get; init; }

    /// <summary>Where it listens, as it is written; empty for everywhere.</summary>
    public required string Address { get; init; }
}
