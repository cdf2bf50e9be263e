using System.Diagnostics;
using System.Text;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Tests.Configuration;

/// <summary>Lists that stand in files.</summary>
public sealed class PatternFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("miltercrypt-lists").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("sender", "*@out.example\n<>")]
    [InlineData("recipient", "# those who don't want it\n\n  bob@a.example  \r\n*@b.example\npostmaster@*\n")]
    [InlineData("from", "\uFEFFbob@a.example\n")]
    [InlineData("domain", "a.example\n*.b.example")]
    [InlineData("user", "alice\nsales-*")]
    [InlineData("client", "192.0.2.0/24\nlocal\n2001:db8::/32")]
    public void AListInAFileIsThePatternsOfItsLines(string key, string content)
    {
        string path = Write("list", content);
        var inFile = Read($"rules: [{{match: {{{key}: [file:{path}]}}, encrypt: always}}]").Rules[0].Match;
        string[] lines = [.. content.TrimStart('\uFEFF').Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
        var inPlace = Read($"rules: [{{match: {{{key}: [{string.Join(", ", lines.Select(line => $"'{line}'"))}]}}, encrypt: always}}]").Rules[0].Match;
        Assert.Equal(Texts(inPlace), Texts(inFile));
        Assert.NotEmpty(Texts(inFile));
    }

    [Fact]
    public void ListsAndPatternsStandBesideEachOther()
    {
        var settings = Read($"local-domains: [example.org, file:{Write("domains", "*.example.org\na.example")}]\nown-networks: file:{Write("networks", "192.0.2.0/24\n")}\nrules: [{{encrypt: never}}]");
        Assert.Equal(["example.org", "*.example.org", "a.example"], settings.LocalDomains?.Select(domain => domain.ToString()));
        Assert.Equal(["192.0.2.0/24"], settings.OwnNetworks.Select(network => network.ToString()));
    }

    /// <summary>A list of those who want something may be empty today. It must not be for everybody then.</summary>
    [Theory]
    [InlineData("file:", "recipient")]
    [InlineData("file:", "domain")]
    [InlineData("file:", "user")]
    [InlineData("texthash:", "recipient")]
    [InlineData("texthash:", "user")]
    [InlineData("regexp:", "domain")]
    public void AnEmptyFileIsForNobody(string kind, string key)
    {
        var table = Read($"rules: [{{match: {{{key}: {kind}{Write("empty", "# nobody\n")}}}, encrypt: always}}]").PolicyTable();
        Assert.Equal("no rule", RuleFor(table, "bob@a.example", user: "alice"));
    }

    [Fact]
    public void AFileThatIsReadAnewCounts()
    {
        string path = Write("list", "bob@a.example\n");
        string yaml = $"rules: [{{match: {{recipient: file:{path}}}, encrypt: always}}]";
        Assert.Equal(("rule 1", "no rule"), (RuleFor(Read(yaml).PolicyTable(), "bob@a.example"), RuleFor(Read(yaml).PolicyTable(), "carol@a.example")));
        File.AppendAllText(path, "carol@a.example\n");
        Assert.Equal("rule 1", RuleFor(Read(yaml).PolicyTable(), "carol@a.example"));
    }

    [Theory]
    [InlineData("recipient", "bob@a.example", "rule 1")]
    [InlineData("recipient", "carol@a.example", "no rule")]
    [InlineData("recipient", "dave@a.example", "rule 1")]
    [InlineData("recipient", "erin@b.example", "rule 1")]
    [InlineData("domain", "anybody@b.example", "rule 1")]
    [InlineData("domain", "anybody@a.example", "no rule")]
    public void APlainTableOfPostfixIsAList(string key, string recipient, string expected)
    {
        string path = Write("table", "# a table\nbob@a.example\ncarol@a.example\tREJECT\ndave@a.example  Yes\n@b.example OK\na.example no\n");
        Assert.Equal(expected, RuleFor(Read($"rules: [{{match: {{{key}: texthash:{path}}}, encrypt: always}}]").PolicyTable(), recipient));
    }

    [Theory]
    [InlineData("Alice", "rule 1")]
    [InlineData("bob", "no rule")]
    [InlineData("carol", "no rule")]
    [InlineData(null, "no rule")]
    public void ATableOfLoginNamesIsAList(string? user, string expected) =>
        Assert.Equal(expected, RuleFor(Read($"rules: [{{match: {{user: texthash:{Write("users", "alice OK\nbob REJECT\n")}}}, encrypt: always}}]").PolicyTable(), "x@a.example", user));

    [Theory]
    [InlineData("boss@a.example", "no rule")]
    [InlineData("Bob@a.example", "rule 1")]
    [InlineData("x/y@b.example", "rule 1")]
    [InlineData("x@b.example", "no rule")]
    public void ATableOfExpressionsIsAList(string recipient, string expected)
    {
        string path = Write("expressions", "# expressions\n/^boss@/ REJECT\n/@a\\.example$/i OK\n/^x\\/y@/\n");
        Assert.Equal(expected, RuleFor(Read($"rules: [{{match: {{recipient: regexp:{path}}}, encrypt: always}}]").PolicyTable(), recipient));
    }

    [Theory]
    [InlineData("file:", "bob@a.example\n\nbob\n", ":3: 'bob': it has no @: bob@example.org, *@example.org or *; a whole domain is also named by domain: bob")]
    [InlineData("file:", "file:/etc/passwd", ":1: 'file:/etc/passwd': it has no @: bob@example.org, *@example.org or *; a whole domain is also named by domain: file:/etc/passwd")]
    [InlineData("texthash:", "a.example OK\nbob@a.example smtp:[relay]", ":2: 'smtp:[relay]' says neither that bob@a.example is in the list (OK, yes, true, or nothing) nor that it is not (REJECT, no, false)")]
    [InlineData("texthash:", "a.example OK\n  and more\n", ":2: lines that go on with the one before are not taken")]
    [InlineData("texthash:", "bob@.. OK", ":1: 'bob@..': its domain is not valid")]
    [InlineData("regexp:", "/a/\n/(a)\\1/ OK", ":2: /(a)\\1/: it refers back, looks around or is too large: it could take for ever")]
    [InlineData("regexp:", "/a/ DUNNO", ":1: 'DUNNO' says neither that /a/ is in the list (OK, yes, true, or nothing) nor that it is not (REJECT, no, false)")]
    [InlineData("regexp:", "/a", ":1: the expression is not closed with /")]
    [InlineData("regexp:", "/a/q OK", ":1: /a/: there are no flags 'q': i, m and x are taken")]
    [InlineData("regexp:", "if /a/", ":1: it is not of the form /expression/flags value; if, endif and lines that go on with the one before are not taken")]
    [InlineData("regexp:", "!", ":1: it is not of the form /expression/flags value; if, endif and lines that go on with the one before are not taken")]
    public void AMistakeInAFileIsToldWithItsLine(string kind, string content, string complaint)
    {
        string path = Write("bad", content);
        Assert.Equal([$"f:1:29: rules[0].match.recipient: {path}{complaint}"], Complaints($"rules: [{{match: {{recipient: {kind}{path}}}, encrypt: always}}]"));
    }

    [Fact]
    public void ManyMistakesAreNotAllTold()
    {
        string path = Write("bad", string.Concat(Enumerable.Repeat("bob\n", 1000)));
        var complaints = Complaints($"rules: [{{match: {{recipient: file:{path}}}, encrypt: always}}]");
        Assert.Equal(11, complaints.Count);
        Assert.EndsWith("/bad: and more", complaints[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoListIsRefusedAndNotWaitedFor()
    {
        string pipe = Path.Combine(folder, "pipe");
        using (var mkfifo = Process.Start("mkfifo", pipe))
            mkfifo.WaitForExit();
        string large = Write("large", new string('#', 10 * 1024 * 1024 + 1));
        string binary = Path.Combine(folder, "binary");
        File.WriteAllBytes(binary, [0xFF, 0xFE, 0x00]);
        foreach (var (path, why) in (IEnumerable<(string, string)>)
            [(pipe, "it is not a file"), ("/dev/zero", "it is not a file"), (folder, "it is not a file"), (folder + "/missing", "there is no such file"),
                (large, "it is larger than 10485760 bytes"), (binary, "it is not UTF-8 text")])
            Assert.Equal([$"f:1:29: rules[0].match.recipient: {path}: {why}"], Complaints($"rules: [{{match: {{recipient: file:{path}}}, encrypt: always}}]"));
    }

    [Fact]
    public void ALineMoreThanAMillionIsTooMany()
    {
        string path = Write("long", string.Concat(Enumerable.Repeat("a.a\n", 1_000_001)));
        Assert.Equal([$"f:1:26: rules[0].match.domain: {path}: it has more than 1000000 lines"], Complaints($"rules: [{{match: {{domain: file:{path}}}, encrypt: always}}]"));
    }

    [Fact]
    public void AHundredThousandAddressesAreReadAndFound()
    {
        string path = Write("many", string.Concat(Enumerable.Range(0, 100_000).Select(i => $"user{i}@d{i % 1000}.example\n")));
        var watch = Stopwatch.StartNew();
        var table = Read($"rules: [{{match: {{recipient: file:{path}}}, encrypt: always}}]").PolicyTable();
        TestContext.Current.TestOutputHelper?.WriteLine($"read in {watch.Elapsed.TotalMilliseconds:F0} ms");
        Assert.Equal(("rule 1", "no rule"), (RuleFor(table, "user99999@d999.example"), RuleFor(table, "user99999@d998.example")));
    }

    private static string? RuleFor(PolicyTable table, string recipient, string? user = null)
    {
        Assert.True(MailAddress.TryParse(recipient, out var address));
        return (table.Decide(new MailFacts(new Envelope("x@y.example", user, canRefuseRecipients: true)), address) as PolicyAnswer.Decided)?.Decision.RuleName;
    }

    private static string[] Texts(RuleMatch match) =>
        [.. ((IEnumerable<object>)[.. match.Senders, .. match.Recipients, .. match.Authors, .. match.Domains, .. match.Users, .. match.Clients]).Select(pattern => pattern.ToString() ?? "")];

    private string Write(string name, string content)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, content, new UTF8Encoding(false));
        return path;
    }

    private static Settings Read(string yaml) => ConfigurationFile.Read(yaml, "f") switch
    {
        ConfigurationResult.Loaded loaded => loaded.Settings,
        ConfigurationResult.Refused refused => throw new InvalidOperationException(string.Join('\n', refused.Complaints)),
        _ => throw new InvalidOperationException(),
    };

    private static IReadOnlyList<string> Complaints(string yaml) => Assert.IsType<ConfigurationResult.Refused>(ConfigurationFile.Read(yaml, "f")).Complaints;
}
