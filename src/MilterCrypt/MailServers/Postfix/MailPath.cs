using MilterCrypt.Configuration;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>How mail goes through one Postfix: by which services it comes in, who is asked there, and where it leaves.</summary>
internal sealed class MailPath
{
    private readonly Dictionary<PostfixInstance, IReadOnlyList<MilterUse>> uses;

    /// <param name="instance">The Postfix.</param>
    /// <param name="all">It and the others of this machine, to one of which it may send.</param>
    /// <param name="own">The filter.</param>
    public MailPath(PostfixInstance instance, IReadOnlyList<PostfixInstance> all, OwnFilter own)
    {
        (Instance, All, Own) = (instance, all, own);
        uses = all.Append(instance).Distinct().ToDictionary(one => one, one => MilterUse.Of(one, own));
        Hop = SecondHop.OfRoutes(this);
        Entrances = [.. Servers(), .. Behind("pickup", "(sendmail)"), .. Behind("qmqpd", "(qmqp)"), .. Reports(), .. Unseen()];
    }

    /// <summary>The Postfix.</summary>
    public PostfixInstance Instance { get; }

    /// <summary>All that are looked at.</summary>
    public IReadOnlyList<PostfixInstance> All { get; }

    /// <summary>The filter.</summary>
    public OwnFilter Own { get; }

    /// <summary>Where all that leaves is asked about again; null where it isn't.</summary>
    public SecondHop? Hop { get; }

    /// <summary>How mail comes in, or, once it is in, gets recipients that nobody was asked about.</summary>
    public IReadOnlyList<Entrance> Entrances { get; }

    /// <summary>The filters of this instance's services.</summary>
    public IReadOnlyList<MilterUse> Uses => UsesOf(Instance);

    /// <summary>Whether this Postfix delivers to local users, whose aliases may lead anywhere.</summary>
    public bool DeliversToUsers => Instance.Main["mydestination"].Length > 0
        && PostfixRoute.Read(Instance.Main["local_transport"]) is { Transport: var name } && Instance.Transport(name) is { Command: "local" };

    /// <summary>The filters of an instance's services.</summary>
    public IReadOnlyList<MilterUse> UsesOf(PostfixInstance instance) => uses[instance];

    /// <summary>What we are told to be where a filter of ours is asked.</summary>
    public ListenerRole RoleOf(MilterUse use) => use.Endpoint is { } endpoint ? Own.RoleAt(endpoint) : ListenerRole.Ingress;

    /// <summary>What we are told to be where a service asks us about what it takes, itself or by the service behind it.</summary>
    public ListenerRole RoleAt(PostfixService service)
    {
        var caller = service.Command == "smtpd" ? service : Instance.CleanupOf(service);
        return Uses.Where(use => use.IsOurs && use.Service == caller).Select(RoleOf).DefaultIfEmpty().Max();
    }

    /// <summary>Whether a service asks us about what it takes.</summary>
    public bool Calls(PostfixService service) => !service.SkipsFilters && Uses.Any(use => use.IsOurs && use.Service == service);

    /// <summary>Whether what comes in there is asked about before it leaves, at the second hop.</summary>
    public bool IsCaught(PostfixService? service) =>
        service?.ContentFilter is { } filter ? SecondHop.OfFilter(this, service) is not null || Hop is not null && !LeavesBy(filter) : Hop is not null;

    /// <summary>Whether a service is a second hop of this or another instance.</summary>
    public bool IsSecondHop(PostfixService service) =>
        Hop is { } hop && hop.Listener == service
        || Calls(service) && All.Any(other => other != Instance && SecondHop.RouteOf(other)?.Route.LoopbackPort == service.Port)
        || Instance.Services.Any(other => other != service && SecondHop.OfFilter(this, other)?.Listener == service);

    /// <summary>Whether a service is where we hand mail back.</summary>
    public bool IsForInjection(PostfixService service) => Injection.PortOf(Own) is { } port && service.Port == port;

    // To another machine, not to a filter of this one which hands it back.
    private bool LeavesBy(PostfixRoute route) =>
        route.LoopbackPort is null && Instance.Transport(route.Transport) is { Command: "smtp" or "lmtp" };

    private IEnumerable<Entrance> Servers() =>
        from service in Instance.SmtpServers
        where Hop?.Listener != service
        select new Entrance(NameOf(service), PassageOf(service, service), service);

    private IEnumerable<Entrance> Behind(string command, string what) =>
        from pair in Instance.Taking(command)
        select new Entrance($"{command} {what}", PassageOf(pair.Service, pair.Service.SkipsFilters ? pair.Service : pair.Cleanup), pair.Service);

    private IEnumerable<Entrance> Reports() =>
        from pair in Instance.Taking("bounce").Take(1)
        let isFiltered = PostfixList.Split(pair.Service.Parameters["internal_mail_filter_classes"]).Contains("bounce") && Calls(pair.Cleanup)
        select new Entrance("bounce (reports)", isFiltered ? Passage.Filtered : Passage.Around, pair.Service);

    // What makes recipients of mail that is in the queue already.
    private IEnumerable<Entrance> Unseen()
    {
        foreach (var (parameter, name) in Additions.Parameters)
        {
            if (Instance.Main[parameter].Length > 0 && (DeliversToUsers || !Additions.IsOfLocalUsers(parameter)))
                yield return new Entrance(name, Passage.Around, null) { Parameter = parameter };
        }
        if (Instance.Services.Any(service => service.Command == "qmgr"))
            yield return new Entrance("postsuper (-H, -r)", Passage.Around, null);
    }

    private Passage PassageOf(PostfixService service, PostfixService caller) =>
        Calls(caller) ? Passage.Filtered
        : IsForInjection(service) ? Passage.HandedBack
        : service.IsOnLoopback ? Passage.Loopback
        : Passage.Around;

    private static string NameOf(PostfixService service) => service.Type switch
    {
        "inet" when service.Port is { } port && !service.Name.Contains(':', StringComparison.Ordinal) && service.Name != $"{port}" => $"{service.Name} ({port})",
        "inet" => service.Name,
        _ => $"{service.Name} {service.Type}",
    };
}
