using MilterCrypt.MailServers.Postfix;

namespace MilterCrypt.Tests.MailServers;

/// <summary>What postconf prints, as it was captured from Postfix 3.7.11, is read as Postfix means it.</summary>
public sealed class PostconfOutputTests
{
    private const string Services = """
        smtp       inet  n       -       y       -       -       smtpd
        submission inet  n       -       -       -       -       smtpd -o smtpd_milters= -o milter_default_action=accept -v
        127.0.0.1:10025 inet n   -       n       -       -       smtpd
        cleanup    unix  n       n       n       -       0       cleanup -o non_smtpd_milters=inet:$here
        odd
        """;

    private const string Options = """
        submission/inet/milter_default_action = accept
        submission/inet/smtpd_milters =
        private/x/unix/smtpd_milters = inet:localhost:4, unix:a b
        nonsense
        """;

    [Fact]
    public void ServicesAreReadFromTheirColumns() => Assert.Equal(
        [
            ("smtp", "inet", "-", "y", "smtpd"),
            ("submission", "inet", "-", "-", "smtpd"),
            ("127.0.0.1:10025", "inet", "-", "n", "smtpd"),
            ("cleanup", "unix", "n", "n", "cleanup"),
        ],
        PostconfOutput.Services(Services).Select(line => (line.Name, line.Type, line.Unprivileged, line.Chroot, line.Command)));

    [Fact]
    public void OptionsBelongToTheirService()
    {
        var options = PostconfOutput.Options(Options);
        Assert.Equal([("milter_default_action", "accept"), ("smtpd_milters", "")], options["submission/inet"]);
        Assert.Equal([("smtpd_milters", "inet:localhost:4, unix:a b")], options["private/x/unix"]);
    }

    [Fact]
    public void AFiltersOptionsStandInBraces()
    {
        var filters = PostfixMilter.ReadList(
            "unix:a, { inet:127.0.0.1:8891, command_timeout=5s, default_action=accept } inet:localhost:99,\t{ unix:/run/x.sock , {default_action = {tempfail}}}");
        Assert.Equal(["unix:a", "inet:127.0.0.1:8891", "inet:localhost:99", "unix:/run/x.sock"], filters.Select(filter => filter.Address));
        Assert.Equal(("5s", "accept"), (filters[1].Options["command_timeout"], filters[1].Options["default_action"]));
        Assert.Equal("tempfail", filters[3].Options["default_action"]);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("}}{ a")]
    [InlineData("{}")]
    [InlineData(", ,")]
    [InlineData("{ { = } =x")]
    public void ABrokenListIsNoneTheLessRead(string list) =>
        Assert.All(PostfixMilter.ReadList(list), filter => Assert.Null(filter.SeenFrom("/q", true)));

    [Theory]
    [InlineData("unix:/run/x", true, "unix:/q/run/x")]
    [InlineData("unix:/run/x", false, "unix:/run/x")]
    [InlineData("unix:run/x", true, "unix:/q/run/x")]
    [InlineData("local:run/x", false, "unix:/q/run/x")]
    [InlineData("inet:8891", false, "inet:127.0.0.1:8891")]
    [InlineData("inet:[::1]:8891", true, "inet:[::1]:8891")]
    [InlineData("inet:localhost:milter", true, null)]
    [InlineData("inet:8891@localhost", true, null)]
    [InlineData("unix:", true, null)]
    [InlineData("Unix:/x", true, null)]
    public void AnAddressIsSeenThroughTheJail(string address, bool chrooted, string? seen) => Assert.Equal(
        seen, new PostfixMilter(address, new Dictionary<string, string>()).SeenFrom("/q", chrooted)?.ToString());

    [Theory]
    [InlineData("30", 30)]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("1h", 3600)]
    [InlineData("2d", 172800)]
    [InlineData("1w", 604800)]
    [InlineData("", null)]
    [InlineData("s", null)]
    [InlineData("-1s", null)]
    [InlineData("99999999999999999999s", null)]
    public void TimesHaveUnits(string text, int? seconds) => Assert.Equal(seconds, (int?)PostfixValue.Time(text)?.TotalSeconds);
}
