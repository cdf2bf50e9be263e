using MilterCrypt.Milter.Listening;
using MilterCrypt.MailServers.Postfix;
using MilterCrypt.MailServers.Sendmail;

namespace MilterCrypt.MailServers;

/// <summary>What looking at mail servers and sockets found.</summary>
/// <param name="Facts">What was looked at, and what is well: a line each.</param>
/// <param name="Findings">What is not.</param>
internal sealed record MailServerReport(IReadOnlyList<string> Facts, IReadOnlyList<Finding> Findings)
{
    /// <summary>Looks at the configurations of mail servers and tries the sockets that they and we name.</summary>
    public static async Task<MailServerReport> OfAsync(OwnFilter own, MailServerChoice choice, CancellationToken cancellationToken)
    {
        var facts = new List<string>();
        var findings = new List<Finding>();
        var named = new List<MilterEndpoint>();
        var servers = choice.OrUsual();
        if (servers.PostfixDirectories.Count + servers.SendmailFiles.Count == 0)
            findings.Add(Finding.Note("no mail server was found: there is neither /etc/postfix/main.cf nor /etc/mail/sendmail.cf; --postfix DIR and --sendmail FILE name one"));

        var instances = await ReadPostfixAsync(servers.PostfixDirectories, findings, cancellationToken);
        foreach (var instance in instances)
        {
            facts.Add($"{instance.Directory}: Postfix {instance.Version}, {instance.SmtpServers.Count()} of {instance.Services.Count} services take mail by SMTP");
            var (drawing, found) = PostfixCheck.Of(instance, instances, own);
            facts.AddRange(drawing);
            findings.AddRange(found);
            named.AddRange(MilterUse.Of(instance, own).Select(use => use.Endpoint).OfType<MilterEndpoint>());
        }
        foreach (string file in servers.SendmailFiles.Distinct())
        {
            var (configuration, failure) = await SendmailConfiguration.ReadAsync(file, cancellationToken);
            if (configuration is null)
            {
                findings.Add(Finding.Error($"{file}: {failure}"));
                continue;
            }
            facts.Add($"{file}: Sendmail {Words.Value(configuration.Version)}, filters: {Words.Value(string.Join(", ", configuration.Filters.Select(filter => filter.Name)))}");
            findings.AddRange(SendmailCheck.Of(configuration, own));
            named.AddRange(configuration.Filters.Select(filter => filter.Endpoint).OfType<MilterEndpoint>());
        }

        var (answers, silences) = await SocketTrials.TryAsync(own, named, cancellationToken);
        return new MailServerReport([.. facts, .. answers], [.. findings, .. silences]);
    }

    // All of them first: one may send to another.
    private static async Task<List<PostfixInstance>> ReadPostfixAsync(
        IReadOnlyList<string> directories, List<Finding> findings, CancellationToken cancellationToken)
    {
        var instances = new List<PostfixInstance>();
        foreach (string directory in directories.Distinct())
        {
            if (PostfixReader.FindPostconf() is not { } postconf)
            {
                findings.Add(Finding.Error($"{directory}: Postfix's program postconf is missing, which says what is configured: install Postfix, or run this where it is"));
                continue;
            }
            var (instance, failure) = await PostfixReader.ReadAsync(postconf, directory, cancellationToken);
            if (instance is null)
                findings.Add(Finding.Error($"{directory}: {failure}"));
            else
                instances.Add(instance);
        }
        return instances;
    }
}
