using MilterCrypt.Milter.Listening;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Whether services find our Unix socket, through a jail or without one, and may connect to it.</summary>
internal static class SocketPaths
{
    /// <summary>A finding for each address that leads elsewhere, and for each that is barred.</summary>
    public static IEnumerable<Finding> Of(PostfixInstance instance, IReadOnlyList<MilterUse> uses, OwnFilter own) =>
        Unreadable(instance, uses).Concat(Elsewhere(instance, uses, own)).Concat(Barred(instance, uses));

    private static IEnumerable<Finding> Unreadable(PostfixInstance instance, IReadOnlyList<MilterUse> uses) =>
        from use in uses
        where use.Endpoint is null
        let address = use.Milter.Address
        let port = address.StartsWith("inet:", StringComparison.Ordinal) && !address.Contains('@', StringComparison.Ordinal)
        select port
            ? Finding.Note($"{instance.PlaceOf(use.Service, use.List)}: {Words.Value(address)}: whether this is our address can't be said; a port number would tell")
            : Finding.Error($"{instance.PlaceOf(use.Service, use.List)}: {Words.Value(address)}: that is no address for Postfix; write unix:path or inet:host:port");

    private static IEnumerable<Finding> Elsewhere(PostfixInstance instance, IReadOnlyList<MilterUse> uses, OwnFilter own) =>
        from use in uses
        where use.IsOurs && !use.IsReached
        group use.Service.Id by (Place: instance.PlaceOf(use.Service, use.List), use.Milter.Address, use.Endpoint, use.Service.IsChrooted) into same
        let services = $"{(same.Count() == 1 ? "the service" : "the services")} {Words.Value(string.Join(", ", same))}"
        let why = same.Key.IsChrooted
            ? $"{services}, chrooted in {instance.QueueDirectory} (master.cf), would find it as {same.Key.Endpoint}"
            : $"{services}, not chrooted, would find it as {same.Key.Endpoint}"
        select Finding.Error($"{same.Key.Place}: {Words.Value(same.Key.Address)}: {why}, but the filter listens on {string.Join(", ", own.Addresses)}; {Remedy(instance, own)}");

    // Below the queue directory a relative path is the same for all services.
    private static string Remedy(PostfixInstance instance, OwnFilter own)
    {
        string address = ServicesAround.AddressToWrite(instance, own);
        return address.StartsWith("unix:/", StringComparison.Ordinal)
            ? $"write: smtpd_milters = unix:miltercrypt/milter.sock and in the filter's configuration: address: unix:{instance.QueueDirectory}/miltercrypt/milter.sock"
            : $"write: smtpd_milters = {address}";
    }

    private static IEnumerable<Finding> Barred(PostfixInstance instance, IReadOnlyList<MilterUse> uses)
    {
        if (SystemUser.Find(instance.Main["mail_owner"]) is not { } user)
            yield break;
        foreach (var use in uses.Where(use => use.IsReached && !use.Service.IsPrivileged))
        {
            if (use.Endpoint is not MilterEndpoint.Unix socket)
                continue;
            bool isInside = use.Service.IsChrooted || !use.Milter.Address.Contains(":/", StringComparison.Ordinal);
            if (SocketReach.Obstacle(user, isInside ? instance.QueueDirectory : "/", socket) is { } obstacle)
                yield return Finding.Error($"{instance.PlaceOf(use.Service, use.List)}: {Words.Value(use.Milter.Address)}: {obstacle}");
        }
    }
}
