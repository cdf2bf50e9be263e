namespace MilterCrypt.MailServers.Sendmail;

/// <summary>Filters that Sendmail asks behind us. Of a recipient whom one of them refuses we are told nothing, and what we hand back, or
/// hold, is for him, too. ({nrcpts} does not help: it is counted before the filters are asked, with what aliases add and leave out.)</summary>
internal static class FiltersBehind
{
    /// <summary>A finding for each of them. A signer, which belongs there, can't be told from a filter that refuses recipients.</summary>
    public static IEnumerable<Finding> Of(SendmailConfiguration configuration, IReadOnlyList<SendmailFilter> ours, OwnFilter own) => own.Settings.HandsOver
        ? from list in configuration.Daemons.Where(daemon => !Injection.IsAt(daemon, own)).Select(daemon => daemon.Filters ?? configuration.InputMailFilters)
              .DefaultIfEmpty(configuration.InputMailFilters)
          from name in list.SkipWhile(name => !FilterCalls.IsCalled(ours, [name])).Where(name => !FilterCalls.IsCalled(ours, [name]))
          select Finding.Note(
              $"{configuration.File}: InputMailFilters: {Words.Value(name)} is asked behind this filter: a recipient whom it refuses at RCPT gets what is split or held all the same; "
              + "a filter that refuses recipients belongs before this one, a signer behind it")
        : [];
}
