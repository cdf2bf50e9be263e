namespace MilterCrypt.MailServers.Postfix;

/// <summary>Whether Postfix waits as long as we may take: <c>milter_connect_timeout</c>, <c>milter_command_timeout</c>,
/// <c>milter_content_timeout</c>.</summary>
internal static class TimeLimits
{
    /// <summary>A finding for each time that is too short.</summary>
    public static IEnumerable<Finding> Of(PostfixInstance instance, IReadOnlyList<MilterUse> uses, OwnFilter own)
    {
        // At the end of the header and of the message we answer, or say that we are at work, within a command's time.
        (string Option, TimeSpan Least, string Usual, string Meaning)[] limits =
        [
            ("connect_timeout", OwnFilter.LeastConnectTimeout, "30s", "a busy machine can be slower to take a connection"),
            ("command_timeout", own.LeastCommandTimeout, "30s", $"the filter may take {Words.Time(own.Options.CommandTimeout)} for an answer"),
            ("content_timeout", own.LeastCommandTimeout, "300s", $"the filter may take {Words.Time(own.Options.CommandTimeout)} to answer, or to say that it is still at work"),
        ];
        return
            from use in uses
            where use.IsOurs
            from limit in limits
            where PostfixValue.Time(use.Value(limit.Option)) < limit.Least
            select Finding.Warning(
                $"{use.PlaceOf(instance, limit.Option)} = {use.Value(limit.Option)}: {limit.Meaning}, and Postfix gives up before it; "
                + $"write: {use.LineFor(limit.Option, limit.Usual)}");
    }
}
