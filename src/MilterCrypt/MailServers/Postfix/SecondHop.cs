using MilterCrypt.Configuration;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>An SMTP server behind the queue, of this or another instance, that asks us about what is to leave.</summary>
/// <param name="Listener">It.</param>
/// <param name="At">The instance whose it is.</param>
/// <param name="Parameter">The parameter that leads there: <c>default_transport</c>.</param>
/// <param name="Route">What that parameter says.</param>
/// <param name="Role">What our listener that it asks is told to be.</param>
internal sealed record SecondHop(PostfixService Listener, PostfixInstance At, string Parameter, PostfixRoute Route, ListenerRole Role)
{
    /// <summary>Where all routes of this instance lead, unless something overrides them.</summary>
    public static SecondHop? OfRoutes(MailPath path) => RouteOf(path.Instance) is var (parameter, route) ? Find(path, parameter, route) : null;

    /// <summary>The route of what an instance sends to the outside, and the parameter that says so.</summary>
    public static (string Parameter, PostfixRoute Route)? RouteOf(PostfixInstance instance) =>
        PostfixRoute.Read(instance.Main["default_transport"]) is not { } route ? null
        // A next hop of default_transport's own comes before the relayhost.
        : route.NextHop.Length > 0 ? ("default_transport", route)
        : ("relayhost", route with { NextHop = instance.Main["relayhost"] });

    /// <summary>Where a service's <c>content_filter</c> leads.</summary>
    public static SecondHop? OfFilter(MailPath path, PostfixService service) =>
        service.ContentFilter is { } route ? Find(path, "content_filter", route) : null;

    /// <summary>Whether what it takes would come to it again: it is of the same instance, whose routes lead here, and has no
    /// <c>content_filter</c> that overrides them.</summary>
    public bool Circles(MailPath path) => At == path.Instance
        && (Listener.ContentFilter is not { } exit ? Parameter != "content_filter" : exit.LoopbackPort == Listener.Port);

    private static SecondHop? Find(MailPath path, string parameter, PostfixRoute route)
    {
        if (route.LoopbackPort is not { } port)
            return null;
        foreach (var instance in path.All.OrderByDescending(one => one == path.Instance))
        {
            if (instance.ListenerAt(port) is not { SkipsFilters: false } listener)
                continue;
            var roles = path.UsesOf(instance).Where(use => use.IsOurs && use.Service == listener).Select(use => path.RoleOf(use)).ToList();
            return roles.Count == 0 ? null : new SecondHop(listener, instance, parameter, route, roles.Max());
        }
        return null;
    }
}
