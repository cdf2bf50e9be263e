namespace MilterCrypt.MailServers.Postfix;

/// <summary>Releases of Postfix that spoil what a filter does, and the version of the protocol that it is told to speak.</summary>
internal static class Releases
{
    // Postfix's HISTORY, 20211105 and the releases that followed.
    private static readonly Version[] BodyFix = [new(3, 3, 20), new(3, 4, 23), new(3, 5, 13), new(3, 6, 3)];
    private static readonly Version[] HeaderFix = [new(3, 6, 15), new(3, 7, 11), new(3, 8, 6)];

    /// <summary>What is known of this one.</summary>
    public static IEnumerable<Finding> Of(PostfixInstance instance, IReadOnlyList<MilterUse> uses)
    {
        string name = $"{instance.Directory}: Postfix {instance.Version}";
        if (instance.Version.IsBefore(BodyFix))
            yield return Finding.Warning($"{name}: this release can spoil the queue file of a message with long lines whose new body is larger; take 3.6.3, 3.5.13, 3.4.23, 3.3.20 or newer");
        if (instance.Version.IsBefore(HeaderFix))
            yield return Finding.Warning($"{name}: after a PREPEND of an access table, this release can change another header field than the filter means; take 3.9, 3.8.6, 3.7.11, 3.6.15 or newer");

        foreach (var use in uses.Where(use => use.IsOurs && PostfixValue.Number(use.Value("protocol")) < 6))
        {
            yield return Finding.Warning(
                $"{use.PlaceOf(instance, "protocol")} = {use.Value("protocol")}: version 6 of the milter protocol is the one that keeps header fields byte for byte; "
                + $"write: {use.LineFor("protocol", "6")}");
        }
    }
}
