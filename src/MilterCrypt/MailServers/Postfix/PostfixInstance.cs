namespace MilterCrypt.MailServers.Postfix;

/// <summary>One Postfix: main.cf and master.cf as `postconf` tells them.</summary>
/// <param name="Directory">The folder of its configuration.</param>
/// <param name="Version">Its release.</param>
/// <param name="Main">The parameters, main.cf's and the defaults.</param>
/// <param name="Services">The services of master.cf, in its order.</param>
/// <param name="Complaints">What `postconf` warned of.</param>
internal sealed record PostfixInstance(
    string Directory, PostfixVersion Version, PostfixParameters Main, IReadOnlyList<PostfixService> Services,
    IReadOnlyList<string> Complaints)
{
    /// <summary>Where every service stands, and where a chrooted one believes / to be.</summary>
    public string QueueDirectory => Path.TrimEndingDirectorySeparator(Main["queue_directory"]);

    /// <summary>The path of main.cf.</summary>
    public string MainFile => Path.Combine(Directory, "main.cf");

    /// <summary>The path of master.cf.</summary>
    public string MasterFile => Path.Combine(Directory, "master.cf");

    /// <summary>The services that take mail by SMTP.</summary>
    public IEnumerable<PostfixService> SmtpServers => Services.Where(service => service.Command == "smtpd");

    /// <summary>The pairs of a service that takes what local programs submit and the one that calls filters for it.</summary>
    public IEnumerable<(PostfixService Pickup, PostfixService Cleanup)> LocalSubmission =>
        from pickup in Services
        where pickup.Command == "pickup"
        from cleanup in Services
        where cleanup.Command == "cleanup" && cleanup.Name == pickup.Parameters["cleanup_service_name"]
        select (pickup, cleanup);

    /// <summary>Where a service's parameter is set, to be shown before it.</summary>
    public string PlaceOf(PostfixService service, string parameter) =>
        service.Overridden.Contains(parameter) ? $"{MasterFile}: {Words.Value(service.Id)}: -o {parameter}" : $"{MainFile}: {parameter}";

    /// <summary>A line that sets a service's parameter where it is set now.</summary>
    public static string LineFor(PostfixService service, string parameter, string value) =>
        service.Overridden.Contains(parameter) ? $"-o {parameter}={value}" : $"{parameter} = {value}";
}
