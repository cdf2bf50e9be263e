namespace MilterCrypt.MailServers.Sendmail;

/// <summary>What a filter's line says of its failure (F=) and of time (T=).</summary>
internal static class FilterEquates
{
    /// <summary>A finding for each value that is wrong.</summary>
    public static IEnumerable<Finding> Of(string file, SendmailFilter filter, OwnFilter own)
    {
        string place = $"{file}: X{Words.Value(filter.Name)}";
        string better = $"write in sendmail.mc: {SendmailCheck.LineFor(filter.Name, filter.Endpoint)}";
        if (filter.Flags.Contains('R', StringComparison.Ordinal))
            yield return Finding.Warning($"{place}: F={Words.Value(filter.Flags)}: mail that comes while the filter is started anew is refused for good; {better}");
        else if (!filter.Flags.Contains('T', StringComparison.Ordinal) && !filter.Flags.Contains('4', StringComparison.Ordinal))
            yield return Finding.Error($"{place}: {(filter.Flags.Length == 0 ? "there is no F=" : $"F={Words.Value(filter.Flags)}")}: when the filter is down or breaks off, Sendmail delivers the plaintext, or half a message; {better}");

        (char Letter, TimeSpan Least, string Meaning)[] limits =
        [
            ('C', OwnFilter.LeastConnectTimeout, "a busy machine can be slower to take a connection"),
            ('S', own.LeastCommandTimeout, "a busy filter can be slower to take what is sent"),
            ('R', own.LeastCommandTimeout, $"the filter may take {Words.Time(own.Options.CommandTimeout)} to answer, or to say that it is still at work"),
            ('E', own.LeastVerdictTimeout, $"the filter may take {Words.Time(own.Options.VerdictTimeout)} (timeouts.verdict) for a message, and Sendmail needs some seconds more"),
        ];
        foreach (var (letter, least, meaning) in limits)
        {
            // No limit is as good as a long one.
            if (filter.Timeout(letter) is { } time && time < least && time > TimeSpan.Zero)
            {
                string found = filter.Times.TryGetValue(letter, out string? text) ? $"T={letter}:{Words.Value(text)}" : $"T= has no {letter}, which means {Words.Time(time)}";
                yield return Finding.Warning($"{place}: {found}: {meaning}, and Sendmail gives up before it; {(time < least && letter == 'E' ? $"write E:{Words.Time(least)} or more, or lower timeouts.verdict" : better)}");
            }
        }
    }
}
