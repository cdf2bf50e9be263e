using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers.Postfix;

/// <summary>A filter in the list of a service that calls filters.</summary>
/// <param name="Service">The service.</param>
/// <param name="List">The parameter whose list it is: <c>smtpd_milters</c> or <c>non_smtpd_milters</c>.</param>
/// <param name="Milter">The filter.</param>
/// <param name="Endpoint">Where the service connects, seen from outside of any jail; null where that can't be read.</param>
/// <param name="IsOurs">Whether that is we, or would be but for a jail that was forgotten or imagined.</param>
/// <param name="IsReached">Whether we listen just there.</param>
internal sealed record MilterUse(
    PostfixService Service, string List, PostfixMilter Milter, MilterEndpoint? Endpoint, bool IsOurs, bool IsReached)
{
    /// <summary>What holds for the filter: its own option, else the parameter <c>milter_</c> and the option's name.</summary>
    public string Value(string option) => Milter.Options.GetValueOrDefault(option) ?? Service.Parameters["milter_" + option];

    /// <summary>Where that is said, to be shown before it.</summary>
    public string PlaceOf(PostfixInstance instance, string option) => HasOwn(option)
        ? $"{instance.PlaceOf(Service, List)}: {Words.Value(Milter.Address)}: {option}"
        : instance.PlaceOf(Service, "milter_" + option);

    /// <summary>What to write there.</summary>
    public string LineFor(string option, string value) =>
        HasOwn(option) ? $"{option}={value}" : PostfixInstance.LineFor(Service, "milter_" + option, value);

    /// <summary>All filters of an instance's services, those that SMTP servers call first.</summary>
    public static IReadOnlyList<MilterUse> Of(PostfixInstance instance, OwnFilter own) =>
    [
        .. instance.SmtpServers.SelectMany(service => Of(service, "smtpd_milters", instance, own)),
        .. instance.LocalSubmission.Select(pair => pair.Cleanup).Distinct().SelectMany(service => Of(service, "non_smtpd_milters", instance, own)),
    ];

    // Whether the filter's own options say how it is to be treated, in place of the parameter.
    private bool HasOwn(string option) => Milter.Options.ContainsKey(option);

    private static IEnumerable<MilterUse> Of(PostfixService service, string list, PostfixInstance instance, OwnFilter own) =>
        from milter in PostfixMilter.ReadList(service.Parameters[list])
        let seen = milter.SeenFrom(instance.QueueDirectory, service.IsChrooted)
        let otherwise = milter.SeenFrom(instance.QueueDirectory, !service.IsChrooted)
        let isReached = seen is not null && own.ListensAt(seen)
        select new MilterUse(service, list, milter, seen, isReached || otherwise is not null && own.ListensAt(otherwise), isReached);
}
