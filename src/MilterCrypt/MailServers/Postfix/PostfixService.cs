namespace MilterCrypt.MailServers.Postfix;

/// <summary>One line of master.cf: a service, with the parameters that hold for it.</summary>
/// <param name="Name">Its name: <c>smtp</c>, <c>127.0.0.1:10025</c>.</param>
/// <param name="Type">Its type: <c>inet</c>, <c>unix</c>, <c>pass</c>.</param>
/// <param name="IsChrooted">Whether it sees nothing but what is below the queue directory.</param>
/// <param name="IsPrivileged">Whether it runs as root rather than as <c>mail_owner</c>.</param>
/// <param name="Command">The program: <c>smtpd</c>.</param>
/// <param name="Overridden">The parameters that its own <c>-o</c> options set.</param>
/// <param name="Parameters">All parameters: main.cf's, with those options in their place.</param>
internal sealed record PostfixService(
    string Name, string Type, bool IsChrooted, bool IsPrivileged, string Command,
    IReadOnlySet<string> Overridden, PostfixParameters Parameters)
{
    /// <summary>As master.cf and `postconf -P` call it: <c>submission/inet</c>.</summary>
    public string Id => $"{Name}/{Type}";

    /// <summary>Whether only this machine itself can reach it by TCP.</summary>
    public bool IsOnLoopback => Type == "inet"
        && (Name.StartsWith("127.", StringComparison.Ordinal) || Name.StartsWith("localhost:", StringComparison.Ordinal) || Name.StartsWith("[::1]:", StringComparison.Ordinal));

    /// <summary>The most processes of it at a time; 0 is no limit, null where it isn't known.</summary>
    public long? MostProcesses { get; init; }

    /// <summary>The port of an <c>inet</c> service; null where it can't be told.</summary>
    public int? Port => Type == "inet" ? ServicePort.Of(Name[(Name.LastIndexOf(':') + 1)..]) : null;

    /// <summary>Whether it can be reached from this machine alone, be it that <c>inet_interfaces</c> says so.</summary>
    public bool IsForThisMachineAlone => IsOnLoopback || Type == "inet" && !Name.Contains(':', StringComparison.Ordinal)
        && PostfixList.Split(Parameters["inet_interfaces"]) is { Count: > 0 } interfaces
        && interfaces.All(name => name == "loopback-only" || PostfixRoute.IsLoopback(name.Trim('[', ']')));

    /// <summary>The filter behind the queue to which what it takes is sent (<c>content_filter</c>), whatever routes say.</summary>
    public PostfixRoute? ContentFilter => PostfixRoute.Read(Parameters["content_filter"]);

    /// <summary>The largest message that it and the service behind it take; null for any.</summary>
    public static long? LargestMessage(PostfixService service, PostfixService? cleanup)
    {
        long[] limits = [.. new[] { service, cleanup }.Select(one => one?.Parameters.Number("message_size_limit")).OfType<long>().Where(limit => limit > 0)];
        return limits.Length == 0 ? null : limits.Min();
    }

    /// <summary>Whether it hands what it takes to no filter at all, whatever the lists say.</summary>
    public bool SkipsFilters => PostfixList.Split(Parameters["receive_override_options"]).Contains("no_milters");
}
