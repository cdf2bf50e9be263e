namespace MilterCrypt.MailServers.Postfix;

/// <summary>All that is to be said of one Postfix.</summary>
internal static class PostfixCheck
{
    /// <summary>A drawing of the mail's way, and the findings, each once, however many services share what causes it.</summary>
    /// <param name="instance">The Postfix.</param>
    /// <param name="all">It and the others of this machine.</param>
    /// <param name="own">The filter.</param>
    public static (IReadOnlyList<string> Drawing, IReadOnlyList<Finding> Findings) Of(
        PostfixInstance instance, IReadOnlyList<PostfixInstance> all, OwnFilter own)
    {
        var path = new MailPath(instance, all, own);
        var around = WaysAround.Of(path);
        return ([.. PathDrawing.Of(path, around)],
        [
            .. new[]
            {
                around.Select(way => way.Finding),
                Injection.Of(path),
                FiltersBehind.Of(path),
                SecondHopSize(path),
                Growth.OfMailboxes(path),
                DefaultActions.Of(instance, path.Uses),
                SocketPaths.Of(instance, path.Uses, own),
                TimeLimits.Of(instance, path.Uses, own),
                Releases.Of(instance, path.Uses),
                Limits.Of(instance, own),
                instance.Complaints.Select(complaint => Finding.Warning($"{instance.Directory}: postconf says: {complaint}")),
                OtherInstances(instance, all),
            }.SelectMany(findings => findings).Distinct(),
        ]);
    }

    private static IEnumerable<Finding> SecondHopSize(MailPath path) =>
        path.Hop is { } hop && hop.At == path.Instance && Growth.Finding(path, hop.Listener, "what is encrypted before the queue") is { } tooSmall ? [tooSmall] : [];

    private static IEnumerable<Finding> OtherInstances(PostfixInstance instance, IReadOnlyList<PostfixInstance> all) =>
        PostfixList.Split(instance.Main["multi_instance_directories"]).Except(all.Select(one => one.Directory)).Any()
            ? [Finding.Note($"{instance.MainFile}: multi_instance_directories = {Words.Value(instance.Main["multi_instance_directories"])}: --postfix DIR, repeated, looks at other instances, too")]
            : [];
}
