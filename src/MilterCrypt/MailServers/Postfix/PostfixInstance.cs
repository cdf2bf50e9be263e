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
    public IEnumerable<(PostfixService Pickup, PostfixService Cleanup)> LocalSubmission => Taking("pickup");

    /// <summary>The pairs of a service that runs this program and the one to which it hands new mail.</summary>
    public IEnumerable<(PostfixService Service, PostfixService Cleanup)> Taking(string command) =>
        from service in Services
        where service.Command == command
        let cleanup = CleanupOf(service)
        where cleanup is not null
        select (service, cleanup);

    /// <summary>The service to which another hands new mail; it edits it, and calls the filters of what didn't come by SMTP.</summary>
    public PostfixService? CleanupOf(PostfixService service) => Services.FirstOrDefault(cleanup =>
        cleanup.Command == "cleanup" && cleanup.Name == service.Parameters["cleanup_service_name"]);

    /// <summary>The service that sends mail: a transport of this name.</summary>
    public PostfixService? Transport(string name) => Services.FirstOrDefault(service => service.Type == "unix" && service.Name == name);

    /// <summary>Who listens at a port of this machine.</summary>
    public PostfixService? ListenerAt(int port) => SmtpServers.FirstOrDefault(service => service.Port == port);

    /// <summary>Where a service's parameter is set, to be shown before it.</summary>
    public string PlaceOf(PostfixService service, string parameter) =>
        service.Overridden.Contains(parameter) ? $"{MasterFile}: {Words.Value(service.Id)}: -o {parameter}" : $"{MainFile}: {parameter}";

    /// <summary>A line that sets a service's parameter where it is set now.</summary>
    public static string LineFor(PostfixService service, string parameter, string value) =>
        service.Overridden.Contains(parameter) ? $"-o {parameter}={value}" : $"{parameter} = {value}";
}
