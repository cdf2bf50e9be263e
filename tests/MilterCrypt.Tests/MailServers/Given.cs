using MilterCrypt.Configuration;
using MilterCrypt.MailServers;
using MilterCrypt.MailServers.Postfix;
using MilterCrypt.MailServers.Sendmail;
using MilterCrypt.Milter;

namespace MilterCrypt.Tests.MailServers;

/// <summary>Configurations of a filter and of mail servers, as texts, and what `check` finds in them.</summary>
internal static class Given
{
    public const string Queue = "/var/spool/postfix";

    /// <summary>A filter that listens below the queue directory, and refuses what it can't encrypt.</summary>
    public static OwnFilter Filter(string listen = $"unix:{Queue}/miltercrypt/milter.sock", string more = "", string rules = "{encrypt: always}")
    {
        string text = $"listen: {listen}\nrules: [{rules}]\n{more}\n";
        var loaded = Assert.IsType<ConfigurationResult.Loaded>(ConfigurationFile.Read(text, "test.yaml"));
        return new OwnFilter(loaded.Settings, new MilterOptions { VerdictTimeout = loaded.Settings.Timeouts.Verdict });
    }

    /// <summary>What is found in a Postfix that is good but for what is given.</summary>
    /// <param name="own">The filter.</param>
    /// <param name="main">Lines of main.cf, over the good ones.</param>
    /// <param name="smtpd">Options of its one SMTP server, in master.cf.</param>
    /// <param name="chrooted">Whether that server is in a jail.</param>
    /// <param name="services">Further services.</param>
    public static IReadOnlyList<Finding> Postfix(
        OwnFilter own, string main = "", string smtpd = "", bool chrooted = true, params PostfixService[] services)
    {
        var instance = Instance(main, smtpd, chrooted, services);
        return PostfixCheck.Of(instance, [instance], own).Findings;
    }

    /// <summary>A Postfix that is good but for what is given.</summary>
    public static PostfixInstance Instance(string main = "", string smtpd = "", bool chrooted = true, params PostfixService[] services)
    {
        var parameters = new PostfixParameters(PostconfOutput.Parameters(Main + main));
        return new PostfixInstance(
            "/etc/postfix",
            PostfixVersion.Parse(parameters["mail_version"]),
            parameters,
            [
                Service("smtp", "inet", "smtpd", main, smtpd) with { IsChrooted = chrooted },
                Service("pickup", "unix", "pickup", main),
                Service("cleanup", "unix", "cleanup", main),
                .. services,
            ],
            []);
    }

    /// <summary>A service, with main.cf's good lines and options of its own.</summary>
    public static PostfixService Service(string name, string type, string command, string main = "", string options = "") => new(
        name, type, IsChrooted: false, IsPrivileged: false, command,
        PostconfOutput.Parameters(options).Keys.ToHashSet(), new PostfixParameters(PostconfOutput.Parameters(Main + main + options)));

    /// <summary>A further SMTP server, with main.cf's good lines and options of its own.</summary>
    public static PostfixService SmtpServer(string name, string options) => Service(name, "inet", "smtpd", options: options) with { IsChrooted = true };

    /// <summary>What is found in a sendmail.cf.</summary>
    public static IReadOnlyList<Finding> Sendmail(OwnFilter own, string text) =>
        SendmailCheck.Of(SendmailConfiguration.Read(text, "sendmail.cf")!, own);

    /// <summary>Without notes, which ask for nothing.</summary>
    public static IEnumerable<Finding> Faults(this IEnumerable<Finding> findings) => findings.Where(finding => finding.Level != FindingLevel.Note);

    private const string Main = $"""
        mail_version = 3.7.11
        mail_owner = root
        queue_directory = {Queue}
        cleanup_service_name = cleanup
        smtpd_milters = unix:miltercrypt/milter.sock
        non_smtpd_milters = unix:miltercrypt/milter.sock
        milter_default_action = tempfail
        milter_protocol = 6
        milter_connect_timeout = 30s
        milter_command_timeout = 30s
        milter_content_timeout = 300s
        message_size_limit = 10240000
        header_size_limit = 102400
        smtpd_recipient_limit = 1000
        smtpd_hard_error_limit = 20
        smtpd_milter_maps =
        receive_override_options =

        """;
}
