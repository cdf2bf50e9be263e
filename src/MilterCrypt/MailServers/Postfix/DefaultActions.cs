namespace MilterCrypt.MailServers.Postfix;

/// <summary>What Postfix does with mail while we can't be reached or break off: <c>milter_default_action</c>.</summary>
internal static class DefaultActions
{
    private static readonly Version FirstWithShutdown = new(3, 11, 0);

    /// <summary>A finding for each place that says something else than to try again later.</summary>
    public static IEnumerable<Finding> Of(PostfixInstance instance, IReadOnlyList<MilterUse> uses)
    {
        var ours = uses.Where(use => use.IsOurs).ToList();
        return ours.Count == 0
            ? Judge(instance, $"{instance.MainFile}: milter_default_action", instance.Main["milter_default_action"], "milter_default_action = tempfail")
            : ours.SelectMany(use => Judge(
                instance, use.PlaceOf(instance, "default_action"), use.Value("default_action"), use.LineFor("default_action", "tempfail")));
    }

    private static IEnumerable<Finding> Judge(PostfixInstance instance, string place, string action, string better)
    {
        string found = $"{place} = {Words.Value(action)}";
        switch (action)
        {
            case "tempfail":
            case "shutdown" when instance.Version.Number >= FirstWithShutdown:
                break;
            case "accept":
                yield return Finding.Error($"{found}: when the filter is down or breaks off, Postfix delivers the plaintext, or half a message; write: {better}");
                break;
            case "quarantine":
                yield return Finding.Warning($"{found}: when the filter is down, Postfix keeps the plaintext in its hold queue, and mail that is released from there passes by the filter; write: {better}");
                break;
            case "reject":
                yield return Finding.Warning($"{found}: mail that comes while the filter is started anew is refused for good; write: {better}");
                break;
            default:
                yield return Finding.Warning($"{found}: Postfix {instance.Version} doesn't know that action, and answers 451 4.3.5 when the filter is down; write: {better}");
                break;
        }
    }
}
