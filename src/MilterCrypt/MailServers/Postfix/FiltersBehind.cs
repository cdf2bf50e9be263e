namespace MilterCrypt.MailServers.Postfix;

/// <summary>Filters that Postfix asks behind us. Of a recipient whom one of them refuses we are told nothing, and what we hand back, or
/// hold, is for him, too.</summary>
internal static class FiltersBehind
{
    /// <summary>A finding for each of them. A signer, which belongs there, can't be told from a filter that refuses recipients.</summary>
    public static IEnumerable<Finding> Of(MailPath path) => path.Own.Settings.HandsOver
        ? from service in path.Instance.SmtpServers
          where path.Calls(service) && !path.IsForInjection(service) && !path.IsSecondHop(service)
          from address in Addresses(path, service)
          select Finding.Note(
              $"{path.Instance.PlaceOf(service, "smtpd_milters")}: {Words.Value(address)} is asked behind this filter: a recipient whom it refuses at RCPT gets what is split or held all the same; "
              + "a filter that refuses recipients belongs before this one, a signer behind it")
        : [];

    /// <summary>The addresses that a service's list has behind ours.</summary>
    public static IEnumerable<string> Addresses(MailPath path, PostfixService service)
    {
        var ours = path.Uses.Where(use => use.IsOurs && use.Service == service).Select(use => use.Milter.Address).ToHashSet();
        return PostfixMilter.ReadList(service.Parameters["smtpd_milters"]).Select(milter => milter.Address)
            .SkipWhile(address => !ours.Contains(address)).Where(address => !ours.Contains(address));
    }
}
