using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

/// <summary>What a sender wrote for the filter goes, and nothing else.</summary>
public sealed class TriggerRemovalTests
{
    [Theory]
    [InlineData(" [secure] Hello", " Hello")]
    [InlineData(" Hello [SECURE] World", " Hello World")]
    [InlineData(" Hello  [secure]  World", " Hello  World")]
    [InlineData(" Hello [secure]", " Hello")]
    [InlineData(" [secure]", " ")]
    [InlineData("[secure]", " ")]
    [InlineData("[secure]Hello", "Hello")]
    [InlineData(" Hello[secure]World", " HelloWorld")]
    [InlineData(" [secure] [Secure] Hello", " Hello")]
    [InlineData(" [secure]Re: [secure]", " Re:")]
    [InlineData(" Hello\n [secure]\n World", " Hello\n World")]
    [InlineData(" [secure]\n World", " World")]
    [InlineData(" Hello\n [secure]", " Hello")]
    [InlineData(" Hello\n\t[secure] World", " Hello\n\tWorld")]
    // Encoded words of which nothing is taken stay as they came, in whatever character set.
    [InlineData(" [secure] =?koi8-r?B?8NLJ18XU?= Hello", " =?koi8-r?B?8NLJ18XU?= Hello")]
    [InlineData(" [secure] =?iso-8859-1?q?Gr=FC=DFe?=\n =?utf-8?B?w6Q=?= x", " =?iso-8859-1?q?Gr=FC=DFe?=\n =?utf-8?B?w6Q=?= x")]
    // Of which something is taken, they are written anew.
    [InlineData(" =?utf-8?Q?[secure]_Gr=C3=BC=C3=9Fe?=", " =?UTF-8?B?R3LDvMOfZQ==?=")]
    [InlineData(" =?iso-8859-1?Q?Gr=FC=DFe_[secure]?= an Bob", " =?UTF-8?B?R3LDvMOfZQ==?= an Bob")]
    [InlineData(" an Bob =?iso-8859-1?Q?[secure]_Gr=FC=DFe?=", " an Bob =?UTF-8?B?R3LDvMOfZQ==?=")]
    [InlineData(" =?iso-8859-15?Q?=5Bsecure=5D_10_=A4?=", " =?UTF-8?B?MTAg4oKs?=")]
    [InlineData(" =?windows-1252?B?W3NlY3VyZV0gR3L83w==?=", " =?UTF-8?B?R3LDvMOf?=")]
    [InlineData(" =?iso-2022-jp?B?W3NlY3VyZV0gGyRCTHNCKxsoQg==?=", " =?UTF-8?B?57SE5p2f?=")]
    [InlineData(" =?koi8-r?B?W3NlY3VyZV0g8NLJ18XU?=", " =?UTF-8?B?0J/RgNC40LLQtdGC?=")]
    [InlineData(" =?utf-8?Q?[secure]?=", " ")]
    [InlineData(" =?utf-8?Q?[secure]?= Hello", " Hello")]
    [InlineData(" Hello =?utf-8?Q?[secure]?=", " Hello")]
    [InlineData(" =?utf-8?B?W3Nl?= =?utf-8?Q?cure]_=C3=BC?=", " =?UTF-8?B?w7w=?=")]
    // What is left of one trigger around another is one.
    [InlineData(" [se[secure]cure] Hello", " Hello")]
    [InlineData(" [s[se[SECURE]cure][secure]ecure] Hello", " Hello")]
    [InlineData(" Hello [se[secure] cure]", " Hello [se cure]")]
    [InlineData(" =?utf-8?Q?[se[secure]cure]_=C3=BC?=", " =?UTF-8?B?w7w=?=")]
    [InlineData(" =[secure]?utf-8?Q?=5Bsecure=5D_=C3=BC?=", " =?UTF-8?B?w7w=?=")]
    [InlineData(" =?utf-8?Q?=C3=A4_?= =?utf-8?Q?[secure]?= =?utf-8?Q?_=C3=BC?=", " =?utf-8?Q?=C3=A4_?= =?UTF-8?B?w7w=?=")]
    public void ATextGoesOutOfTheSubject(string subject, string expected) =>
        Assert.Equal(expected, SubjectAfter(subject, "[secure]"));

    [Theory]
    [InlineData(" Hello")]
    [InlineData(" [sec ure]")]
    [InlineData(" =?utf-8?B?not base64?=")]
    [InlineData("")]
    public void WhereNoTriggerStandsNothingChanges(string subject) =>
        Assert.Empty(TriggerRemoval.Of([Field("Subject", subject), Field("Comments", " [secure]")], [new Trigger.InSubject("[secure]")]));

    [Fact]
    public void ALongSubjectIsFoldedAnewAndReadsAsBefore()
    {
        string rest = string.Concat(Enumerable.Repeat("Gr\u00FC\u00DFe aus K\u00F6ln \U0001F600 ", 12)).TrimEnd();
        for (int before = 0; before < 80; before++)
        {
            string lead = new('x', before);
            string encoded = $" {lead} =?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes("[secure] " + rest))}?=";
            string after = SubjectAfter(encoded, "[secure]");
            Assert.All($"Subject:{after}".Split('\n'), line => Assert.True(line.Length <= 76 || line.StartsWith($"Subject: {lead}", StringComparison.Ordinal), line));
            Assert.All(after.Split('\n').Skip(1), line => Assert.StartsWith(" ", line, StringComparison.Ordinal));
            Assert.All(after.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(word => word.StartsWith("=?", StringComparison.Ordinal)), word =>
            {
                Assert.True(word.Length <= 75, word);
                // Each word has whole characters (RFC 2047 §5 (3)).
                new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(word["=?UTF-8?B?".Length..^2]));
            });
            Assert.Equal($" {lead} {rest}", Encoding.UTF8.GetString(EncodedText.Read(Encoding.UTF8.GetBytes(after)).Text.Span));
        }
    }

    [Fact]
    public void FieldsGoWholeAndByTheirPlace()
    {
        var changes = TriggerRemoval.Of(
            [Field("X-Encrypt", " no"), Field("Subject", " [secure] x"), Field("x-encrypt", " yes"), Field("X-Encrypt", "\tYES ")],
            [new Trigger.Field("X-Encrypt", "yes"), new Trigger.InSubject("[secure]")]);
        Assert.Equal([new HeaderChange.Delete(2), new HeaderChange.Delete(3)], changes.OfType<HeaderChange.Delete>());
        Assert.Equal(1, Assert.Single(changes.OfType<HeaderChange.Replace>()).Field);
        Assert.Equal(3, changes.Count);
    }

    [Fact]
    public void SeveralTextsGo()
    {
        var changes = TriggerRemoval.Of([Field("Subject", " [secure] Hello [sign]")], [new Trigger.InSubject("[secure]"), new Trigger.InSubject("[sign]")]);
        Assert.Equal(" Hello", Encoding.UTF8.GetString(((HeaderChange.Replace)Assert.Single(changes)).Value.Span));
    }

    [Fact]
    public void HoweverDeepTriggersStandInEachOtherNoneIsLeft()
    {
        string nested = " Hello " + string.Concat(Enumerable.Range(0, 4000).Select(depth => depth % 2 == 0 ? "[se" : "[si"))
            + string.Concat(Enumerable.Range(0, 4000).Reverse().Select(depth => depth % 2 == 0 ? "cure]" : "gn]"));
        var changes = TriggerRemoval.Of([Field("Subject", nested)], [new Trigger.InSubject("[secure]"), new Trigger.InSubject("[sign]")]);
        Assert.Equal(" Hello", Encoding.UTF8.GetString(((HeaderChange.Replace)Assert.Single(changes)).Value.Span));
    }

    /// <summary>Each reading makes one of these words one that can be read, so that it costs the whole Subject once more.</summary>
    [Fact]
    public void WordsWithinWordsAreTakenOutAFewTimesAndNotForEver()
    {
        string subject = "=?utf-8?q?[a_b]?=";
        for (int depth = 0; depth < 2000; depth++)
            subject = $"=?utf-8?q?[a_b]?=[a {subject} b]";
        long before = GC.GetAllocatedBytesForCurrentThread();
        TriggerRemoval.Of([Field("Subject", " " + subject)], [new Trigger.InSubject("[a b]")]);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 64 << 20, $"{allocated} bytes were allocated");
    }

    [Fact]
    public void ASubjectOfAbsurdLengthHasNoTrigger() =>
        Assert.Empty(TriggerRemoval.Of([Field("Subject", " [secure] " + new string('x', EncodedText.MaxLength))], [new Trigger.InSubject("[secure]")]));

    /// <summary>Whatever stands in a Subject, what comes out has no field of its own in it, and reads as what came in without the text.</summary>
    [Fact]
    public void AMangledSubjectLosesItsTextAndNothingElse()
    {
        string[] parts = ["[secure]", " ", "\n ", "\n\t", "x", "=?utf-8?Q?[secure]?=", "=?utf-8?Q?a_?=", "=?utf-8?B?W3NlY3Vy?=", "=?utf-8?Q?e]b?=", "=?iso-8859-1?Q?=FC[secure]_?=", "=?", "?=", "\u00FC", "=?koi8-r?Q?a?="];
        var random = new Random(20261123);
        for (int round = 0; round < 20_000; round++)
        {
            string subject = " " + string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)]));
            var changes = TriggerRemoval.Of([Field("Subject", subject)], [new Trigger.InSubject("[secure]")]);
            string before = Read(Encoding.UTF8.GetBytes(subject));
            Assert.Equal(before.Contains("[secure]", StringComparison.Ordinal), changes.Count == 1);
            if (changes.Count == 0)
                continue;
            byte[] after = ((HeaderChange.Replace)changes[0]).Value.ToArray();
            for (int i = 0; i < after.Length; i++)
                Assert.True(after[i] != '\n' || (i + 1 < after.Length && after[i + 1] is (byte)' ' or (byte)'\t'), subject);
            // What only looks like an encoded word may become one where its neighbour goes.
            bool hasBrokenWord = subject.Split([' ', '\t', '\n']).Any(word => word.Contains("=?", StringComparison.Ordinal) && !parts.Contains(word));
            Assert.True(hasBrokenWord || Without(WithoutBlanks(before)) == WithoutBlanks(Read(after)), subject);
            Assert.DoesNotContain("[secure]", Read(after), StringComparison.Ordinal);
        }

        static string Without(string text) => text.Contains("[secure]", StringComparison.Ordinal) ? Without(text.Replace("[secure]", "", StringComparison.Ordinal)) : text;
        static string Read(byte[] value) => Encoding.UTF8.GetString(EncodedText.Read(value).Text.Span);
        static string WithoutBlanks(string text) => string.Concat(text.Where(c => c is not (' ' or '\t')));
    }

    private static string SubjectAfter(string subject, string trigger)
    {
        var changes = TriggerRemoval.Of([Field("To", " bob@partner.example"), Field("Subject", subject)], [new Trigger.InSubject(trigger)]);
        var replace = Assert.IsType<HeaderChange.Replace>(Assert.Single(changes));
        Assert.Equal(1, replace.Field);
        return Encoding.UTF8.GetString(replace.Value.Span);
    }

    private static HeaderField Field(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
