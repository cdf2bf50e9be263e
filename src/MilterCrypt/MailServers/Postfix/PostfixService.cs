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

    /// <summary>Whether it hands what it takes to no filter at all, whatever the lists say.</summary>
    public bool SkipsFilters => PostfixList.Split(Parameters["receive_override_options"]).Contains("no_milters");
}
