using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Which mail passes by us: services whose lists don't have our socket.</summary>
internal static class Coverage
{
    /// <summary>A finding for each way around.</summary>
    public static IEnumerable<Finding> Of(PostfixInstance instance, IReadOnlyList<MilterUse> uses, OwnFilter own)
    {
        bool Calls(PostfixService service) => !service.SkipsFilters && uses.Any(use => use.IsOurs && use.Service == service);

        string address = AddressToWrite(instance, own);
        var servers = instance.SmtpServers.ToList();
        if (!instance.Services.Any(Calls))
        {
            yield return Finding.Error(
                $"{instance.MainFile}: smtpd_milters = {Words.Value(instance.Main["smtpd_milters"])}: Postfix never calls the filter{Listening(own)}, "
                + $"and all mail leaves as it came; write: smtpd_milters = {address} and: non_smtpd_milters = $smtpd_milters");
            yield break;
        }
        foreach (var service in servers.Where(service => !Calls(service)))
            yield return PassesBy(instance, service, address);

        foreach (var (pickup, cleanup) in instance.LocalSubmission)
        {
            if (pickup.SkipsFilters)
                yield return Finding.Warning($"{NoMilters(instance, pickup)}: mail that programs of this machine submit with the sendmail command passes by the filter; take no_milters out");
            else if (!Calls(cleanup))
                yield return Finding.Warning(
                    $"{Shown(instance, cleanup, "non_smtpd_milters")}: mail that programs of this machine submit with the sendmail command passes by the filter; "
                    + $"write: {PostfixInstance.LineFor(cleanup, "non_smtpd_milters", address)}");
        }
        if (servers.Select(service => service.Parameters["smtpd_milter_maps"]).FirstOrDefault(maps => maps.Length > 0) is { } table)
            yield return Finding.Note($"{instance.MainFile}: smtpd_milter_maps = {Words.Value(table)}: for clients in that table it decides which filters are called; with DISABLE, none is");
    }

    // A listener that only this machine reaches is likely one where a filter hands mail back.
    private static Finding PassesBy(PostfixInstance instance, PostfixService service, string address)
    {
        string passes = $"what the service {Words.Value(service.Id)} takes passes by the filter";
        if (service.IsOnLoopback)
            return Finding.Note($"{(service.SkipsFilters ? NoMilters(instance, service) : Shown(instance, service, "smtpd_milters"))}: {passes}; that is right only where filters hand mail back");
        return service.SkipsFilters
            ? Finding.Warning($"{NoMilters(instance, service)}: {passes}; take no_milters out")
            : Finding.Warning($"{Shown(instance, service, "smtpd_milters")}: {passes}; write: {PostfixInstance.LineFor(service, "smtpd_milters", address)}");
    }

    private static string NoMilters(PostfixInstance instance, PostfixService service) => Shown(instance, service, "receive_override_options");

    private static string Shown(PostfixInstance instance, PostfixService service, string parameter) =>
        $"{instance.PlaceOf(service, parameter)} = {Words.Value(service.Parameters[parameter])}";

    private static string Listening(OwnFilter own) =>
        own.Addresses.Count == 0 ? "" : $" (it listens on {string.Join(", ", own.Addresses)})";

    /// <summary>Our address as Postfix has to name it: below the queue directory relative to it, which a jail doesn't change.</summary>
    public static string AddressToWrite(PostfixInstance instance, OwnFilter own) => own.Addresses switch
    {
        [] => "ADDRESS",
        [MilterEndpoint.Unix(var path), ..] when path.StartsWith(instance.QueueDirectory + "/", StringComparison.Ordinal) =>
            $"unix:{path[(instance.QueueDirectory.Length + 1)..]}",
        [MilterEndpoint.Inet { Host: "0.0.0.0" } inet, ..] => $"{inet with { Host = "127.0.0.1" }}",
        [MilterEndpoint.Inet { Host: "::" } inet, ..] => $"{inet with { Host = "::1", IPv6Only = false }}",
        [MilterEndpoint.Inet inet, ..] => $"{inet with { IPv6Only = false }}",
        [var first, ..] => $"{first}",
    };
}
