using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using MilterCrypt.Commands.Tracing;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Tests.Commands.Tracing;

/// <summary>Lines of the log, read back: each kind that is written, and such as somebody would like to have written.</summary>
public sealed partial class MessageLineReaderTests
{
    // What a sender may call himself, or a recipient, where a mail server lets it through.
    private const string Hostile = "\"x>, to=<y@z>, rule=r, outcome=unchanged, reason=, ms=1 \\u003e\"@evil.example";

    /// <summary>All templates of lines about a message's fate, as the source has them.</summary>
    public static TheoryData<string> Templates =>
    [
        .. from method in typeof(MessageLog).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
           let template = method.GetCustomAttribute<LoggerMessageAttribute>()?.Message
           where template is not null && template.Contains("from=<", StringComparison.Ordinal)
           select template,
    ];

    [Theory]
    [MemberData(nameof(Templates))]
    public void EachLineThatIsWrittenCanBeReadWithAllOfItsFacts(string template)
    {
        string text = Filled(template, Hostile, "harmless");
        Assert.True(MessageLineReader.TryRead(text, out var line), text);
        Assert.Equal(("4A", Hostile), (line.Id, line.Sender));
        Assert.Equal([Hostile], line.Recipients);
        string[] written = [.. Named().Matches(template).Select(match => match.Groups[1].Value)];
        Assert.Equal(written.Except(["from", "to", "recipients", "rule", "outcome"]).Order(), line.Facts.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void ReasonsInWordsOfOthersForgeNothing(string template)
    {
        const string forged = ", reply=250 2.0.0, reason=fine, bytes=7, bytes-out=7, perhaps-twice=7, ms=7, outcome=unchanged, rule=none";
        Assert.True(MessageLineReader.TryRead(Filled(template, "bob@example.org", forged), out var line));
        foreach (var (name, value) in line.Facts)
        {
            if (name is "reason" or "signed-by")
                Assert.Equal(forged, value);
            else
                Assert.DoesNotContain("7", value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheKindsOfLinesAreThoseThatAreWritten()
    {
        var written = Templates.Select(row => row.Data).Where(template => !template.Contains("would-be=", StringComparison.Ordinal));
        Assert.Equal(written.Select(template => Outcome().Match(template).Groups[1].Value).Order(), MessageLineReader.Outcomes.Order());
    }

    [Fact]
    public void TenNamedRecipientsAndTheNumberOfTheOthersAreRead()
    {
        Assert.True(MessageLineReader.TryRead("4A: from=<>, to=<a@x> <b@x> and 3 more, recipients=5, rule=a b, outcome=split, parts=2, ms=3", out var line));
        Assert.Equal(["a@x", "b@x"], line.Recipients);
        Assert.Equal((3, "a b", "2", ""), (line.Unnamed, line.Rule, line["parts"], line.Sender));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-23T10:00:00.123Z information: ")]
    [InlineData("<6>")]
    [InlineData("2026-11-23T10:00:00+0000 host miltercrypt[12]: ")]
    [InlineData("2026-11-23T10:00:00.123456+00:00 host miltercrypt: <6>")]
    [InlineData("Nov 23 10:00:00 host miltercrypt[12]: ")]
    public void WhatStandsBeforeTheMessageIsTakenOff(string before)
    {
        Assert.True(Read(before + "4A: from=<a@x>, to=<b@x>, rule=r, outcome=recipient-refused, reply=550 5.7.1, reason=no key", out var line));
        Assert.Equal("no key", line["reason"]);
        Assert.Equal(before.StartsWith('2') ? "2026-11-23T10:00:00" : null, line.Time?.UtcDateTime.ToString("s", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void ALineOfAnotherProgramIsNoneOfOurs()
    {
        const string ours = "4A: from=<a@x>, to=<b@x>, rule=r, outcome=recipient-refused, reply=550 5.7.1, reason=no key";
        Assert.False(Read("2026-11-23T10:00:00+00:00 host postfix/smtpd[12]: " + ours, out _));
        Assert.False(Read("Nov 23 10:00:00 host postfix/smtpd[12]: miltercrypt[1]: " + ours, out _));
        Assert.False(Read("warning: it said " + ours, out _));
    }

    [Fact]
    public void AJsonLineHasItsTimeAndMessage()
    {
        Assert.True(Read("""{"time":"2026-11-23T10:00:00.5Z","level":"information","message":"4A: from=<a@x>, to=<b@x>, recipients=1, rule=r, outcome=aborted, ms=3","queueId":"5B"}""", out var line));
        Assert.Equal(("4A", "aborted", new DateTimeOffset(2026, 11, 23, 10, 0, 0, 500, TimeSpan.Zero)), (line.Id, line.Outcome, line.Time!.Value));
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void ALineThatBreaksOffAnywhereIsReadAsNoneOrAsTheSameMessage(string template)
    {
        string text = Filled(template, "bob@example.org", "no key");
        for (int length = 0; length < text.Length; length++)
        {
            if (Read(text[..length], out var line))
                Assert.Equal(("4A", "bob@example.org"), (line.Id, Assert.Single(line.Recipients)));
        }
    }

    [Theory]
    [InlineData("a\\u0041b")]
    [InlineData("\\")]
    [InlineData("<> \u202e\n\u00a0")]
    [InlineData("bücher@straße.example")]
    public void AnAddressIsReadAsItWasBeforeItWasWritten(string address)
    {
        string written = LogAddress.Of(address);
        Assert.True(written.AsSpan().IndexOfAny("<> \n\u202e") < 0, written);
        Assert.Equal(address, LogAddress.Read(written));
        Assert.Equal(written, PrintableText.Of(written));
    }

    private static bool Read(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MessageLine? line) =>
        LogLineReader.TryRead(Encoding.UTF8.GetBytes(text), out line);

    private static string Filled(string template, string address, string free) => Placeholder().Replace(template, match => match.Groups[1].Value switch
    {
        "QueueId" => "4A",
        "Sender" or "Recipient" => LogAddress.Of(address),
        "Recipients" => $"<{LogAddress.Of(address)}>",
        "Reason" or "SignedBy" => free,
        "Rule" or "Rules" => "domain partner.example",
        "Reply" => "550 5.1.1",
        "Form" => "openpgp",
        "WouldBe" => "refused",
        _ => "11",
    });

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(?:^|, )([a-z-]+)=")]
    private static partial Regex Named();

    [GeneratedRegex("outcome=([a-z-]+)")]
    private static partial Regex Outcome();
}
