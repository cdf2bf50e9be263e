using System.Text;
using MilterCrypt.Configuration;

namespace MilterCrypt.Tests.Configuration;

/// <summary>The file is an administrator's, yet a mangled one must end in a complaint, soon.</summary>
public sealed class HostileConfigurationTests
{
    private const string Good =
        """
        listen: [{address: "unix:/run/m.sock", mode: 660, group: mail}, inet:127.0.0.1:8891]
        store: sqlite:/k.db
        spool: {directory: /var/tmp, memory: 64MiB}
        log: {format: json, level: debug}
        rules:
          - {name: one, match: {domain: [a.example, '*.b.example'], sender: <>}, encrypt: always, without-key: defer}
          - encrypt: when-possible
        """;

    [Fact]
    public void TheFileThatIsMangledBelowIsGood() => Assert.IsType<ConfigurationResult.Loaded>(ConfigurationFile.Read(Good, "f"));

    [Fact]
    public void ABillionLaughsAreRefusedWithoutOne()
    {
        var bomb = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c < 'k'; c++)
            bomb.Append($"{c}: &{c} [*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)}]\n");
        AssertRefused(bomb.ToString());
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void DeepNestingIsRefused(string opening) =>
        AssertRefused("rules: " + (opening == "- " ? "\n" : "") + string.Concat(Enumerable.Repeat(opening, 20_000)));

    [Fact]
    public void AFileThatIsCutAnywhereIsReadOrRefused()
    {
        for (int length = 0; length < Good.Length; length++)
            ConfigurationFile.Read(Good[..length], "f");
    }

    [Fact]
    public void AFileWithAnyOctetChangedIsReadOrRefused()
    {
        var random = new Random(20261123);
        for (int round = 0; round < 3000; round++)
        {
            var text = new StringBuilder(Good);
            for (int change = random.Next(1, 4); change > 0; change--)
                text[random.Next(text.Length)] = (char)random.Next(1, 0x250);
            ConfigurationFile.Read(text.ToString(), "f");
        }
    }

    [Fact]
    public void RandomTextIsReadOrRefused()
    {
        var random = new Random(20261123);
        for (int round = 0; round < 500; round++)
            ConfigurationFile.Read(string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(1, 0x3000))), "f");
    }

    private static void AssertRefused(string yaml) => Assert.NotEmpty(Assert.IsType<ConfigurationResult.Refused>(ConfigurationFile.Read(yaml, "f")).Complaints);
}
