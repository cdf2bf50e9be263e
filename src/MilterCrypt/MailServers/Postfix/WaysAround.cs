namespace MilterCrypt.MailServers.Postfix;

/// <summary>All ways around the filter, before the queue and behind it.</summary>
internal static class WaysAround
{
    private const string TwoHops = "at a second hop the filter is asked about those, too (postfix-examples/two-hop)";

    /// <summary>Each, or the one finding that no mail comes to the filter at all.</summary>
    public static IReadOnlyList<WayAround> Of(MailPath path) => ServicesAround.Everything(path) is { } nothing
        ? [new WayAround("everything", nothing)]
        : [.. ServicesAround.Of(path), .. ChosenByTable(path), .. Added(path), .. SecondHopAround.Of(path)];

    private static IEnumerable<WayAround> ChosenByTable(MailPath path) =>
        path.Hop is null && path.Instance.SmtpServers.Select(service => service.Parameters["smtpd_milter_maps"]).FirstOrDefault(maps => maps.Length > 0) is { } table
            ? [new WayAround("smtpd_milter_maps", Finding.Note($"{path.Instance.MainFile}: smtpd_milter_maps = {Words.Value(table)}: for clients in that table it decides which filters are called; with DISABLE, none is"))]
            : [];

    private static IEnumerable<WayAround> Added(MailPath path)
    {
        if (path.Hop is not null)
            yield break;
        foreach (var entrance in path.Entrances.Where(entrance => entrance.Service is null))
        {
            if (entrance.Parameter is { } parameter)
            {
                string text = $"{path.Instance.MainFile}: {parameter} = {Words.Value(path.Instance.Main[parameter])}: {Additions.Consequence(parameter)}; {TwoHops}";
                yield return new WayAround(entrance.Name, path.Own.KeepsSecrets ? Finding.Warning(text) : Finding.Note(text));
            }
            else
            {
                yield return new WayAround(entrance.Name, Finding.Note(
                    $"{path.Instance.Directory}: mail that `postsuper -H` releases or `postsuper -r` queues anew passes by the filter, and tables that have changed meanwhile may add recipients; {TwoHops}"));
            }
        }
    }
}
