namespace MilterCrypt.MailServers.Postfix;

/// <summary>All that is to be said of one Postfix.</summary>
internal static class PostfixCheck
{
    /// <summary>The findings, each once, however many services share what causes it.</summary>
    public static IReadOnlyList<Finding> Of(PostfixInstance instance, OwnFilter own)
    {
        var uses = MilterUse.Of(instance, own);
        return
        [
            .. new[]
            {
                Coverage.Of(instance, uses, own),
                DefaultActions.Of(instance, uses),
                SocketPaths.Of(instance, uses, own),
                TimeLimits.Of(instance, uses, own),
                Releases.Of(instance, uses),
                Limits.Of(instance, own),
                instance.Complaints.Select(complaint => Finding.Warning($"{instance.Directory}: postconf says: {complaint}")),
                OtherInstances(instance),
            }.SelectMany(findings => findings).Distinct(),
        ];
    }

    private static IEnumerable<Finding> OtherInstances(PostfixInstance instance) =>
        instance.Main["multi_instance_directories"] is { Length: > 0 } others
            ? [Finding.Note($"{instance.MainFile}: multi_instance_directories = {Words.Value(others)}: --postfix DIR, repeated, looks at other instances, too")]
            : [];
}
