using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>Services of master.cf whose lists don't have our socket, and that no second hop makes good.</summary>
internal static class ServicesAround
{
    /// <summary>What is said where no service at all has it.</summary>
    public static Finding? Everything(MailPath path) => path.Instance.Services.Any(path.Calls) || path.Hop is not null ? null : Finding.Error(
        $"{path.Instance.MainFile}: smtpd_milters = {Words.Value(path.Instance.Main["smtpd_milters"])}: Postfix never calls the filter{Listening(path.Own)}, "
        + $"and all mail leaves as it came; write: smtpd_milters = {AddressToWrite(path.Instance, path.Own)} and: non_smtpd_milters = $smtpd_milters");

    /// <summary>Each service.</summary>
    public static IEnumerable<WayAround> Of(MailPath path) =>
        from entrance in path.Entrances
        where entrance.Service is not null && entrance.Passage is Passage.Around or Passage.Loopback && !path.IsCaught(entrance.Service)
        let finding = entrance.Service!.Command switch
        {
            "smtpd" => OfServer(path, entrance.Service),
            "bounce" => OfReports(path, entrance.Service),
            var command => OfSubmission(path, entrance.Service, command),
        }
        select new WayAround(entrance.Name, finding);

    // A listener that only this machine reaches is likely one where a filter hands mail back.
    private static Finding OfServer(MailPath path, PostfixService service)
    {
        string passes = $"what the service {Words.Value(service.Id)} takes passes by the filter";
        if (service.IsOnLoopback)
            return Finding.Note($"{(service.SkipsFilters ? NoMilters(path.Instance, service) : Shown(path.Instance, service, "smtpd_milters"))}: {passes}; that is right only where filters hand mail back");
        return service.SkipsFilters
            ? Finding.Warning($"{NoMilters(path.Instance, service)}: {passes}; take no_milters out")
            : Finding.Warning($"{Shown(path.Instance, service, "smtpd_milters")}: {passes}; write: {PostfixInstance.LineFor(service, "smtpd_milters", AddressToWrite(path.Instance, path.Own))}");
    }

    private static Finding OfSubmission(MailPath path, PostfixService service, string command)
    {
        string what = command == "pickup"
            ? "mail that programs of this machine submit with the sendmail command passes by the filter"
            : $"what the service {Words.Value(service.Id)} takes passes by the filter";
        var cleanup = path.Instance.CleanupOf(service)!;
        return service.SkipsFilters
            ? Finding.Warning($"{NoMilters(path.Instance, service)}: {what}; take no_milters out")
            : Finding.Warning(
                $"{Shown(path.Instance, cleanup, "non_smtpd_milters")}: {what}; "
                + $"write: {PostfixInstance.LineFor(cleanup, "non_smtpd_milters", AddressToWrite(path.Instance, path.Own))}");
    }

    // A report returns the message that it reports on, as it came or, worse, as it was opened.
    private static Finding OfReports(MailPath path, PostfixService service)
    {
        bool isHeaderAlone = service.Parameters.Number("bounce_size_limit") <= 1;
        string text = $"{Shown(path.Instance, service, "bounce_size_limit")}: Postfix's reports of mail that can't be delivered pass by the filter, and return ";
        return path.Own.KeepsSecrets && !isHeaderAlone
            ? Finding.Warning($"{text}that mail to its sender in clear; write: {PostfixInstance.LineFor(service, "bounce_size_limit", "1")}, which returns the header alone, or lay out two hops (postfix-examples/two-hop)")
            : Finding.Note($"{text}{(isHeaderAlone ? "its header" : "that mail")} to its sender in clear; a second hop sees them (postfix-examples/two-hop)");
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
