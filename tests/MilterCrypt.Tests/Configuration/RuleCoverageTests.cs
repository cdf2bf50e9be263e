using MilterCrypt.Configuration;

namespace MilterCrypt.Tests.Configuration;

/// <summary>A rule that can never decide is pointed out, and no other.</summary>
public sealed class RuleCoverageTests
{
    [Theory]
    [InlineData("domain: '*.a.example'", "domain: [b.a.example, '*.c.a.example']", true)]
    [InlineData("domain: '*.a.example'", "domain: [b.a.example, a.example]", false)]
    [InlineData("domain: ['*.a.example', a.example]", "domain: [b.a.example, a.example]", true)]
    [InlineData("domain: b.a.example", "domain: '*.a.example'", false)]
    [InlineData("domain: '*.b.a.example'", "domain: '*.a.example'", false)]
    [InlineData("recipient: '*@a.example'", "recipient: bob@a.example", true)]
    [InlineData("recipient: '*@a.example'", "recipient: bob@a.example, sender: '<>'", true)]
    [InlineData("recipient: '*@a.example', sender: '*@own.example'", "recipient: bob@a.example", false)]
    [InlineData("recipient: '*@a.example', sender: '*'", "recipient: bob@a.example", true)]
    [InlineData("domain: '*'", "recipient: bob@a.example", true)]
    [InlineData("recipient: bob@a.example", "recipient: bob+lists@a.example", true)]
    [InlineData("recipient: bob+lists@a.example", "recipient: bob@a.example", false)]
    [InlineData("sender: bob@a.example", "sender: bob+lists@a.example", false)]
    [InlineData("sender: '*@*'", "sender: '<>'", false)]
    [InlineData("sender: '*@*'", "sender: '*'", false)]
    [InlineData("user: '*'", "domain: a.example", false)]
    [InlineData("user: '*'", "domain: a.example, user: 'sales-*'", true)]
    [InlineData("user: 'sales-*'", "user: '*'", false)]
    // It does take all, but that is seen only by one who knows what domains are.
    [InlineData("domain: a.example", "recipient: bob@a.example", false)]
    public void ARuleAfterOneThatTakesAllOfItsMailNeverDecides(string first, string second, bool never)
    {
        string yaml = $"rules:\n  - {{name: one, match: {{{first}}}, encrypt: always}}\n  - {{name: two, match: {{{second}}}, encrypt: never}}\n";
        var loaded = Assert.IsType<ConfigurationResult.Loaded>(ConfigurationFile.Read(yaml, "f"));
        Assert.Equal(never ? "one" : null, RuleCoverage.Of(loaded.Settings.Rules, later: 1, loaded.Settings.Tags)?.Name);
    }
}
