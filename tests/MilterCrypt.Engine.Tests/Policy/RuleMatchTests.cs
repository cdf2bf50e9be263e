using System.Net;
using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Tests.Policy;

/// <summary>Each kind of match: that it is, that it is not, and that it is not known yet.</summary>
public sealed class RuleMatchTests
{
    private static readonly Dictionary<string, RuleMatch> Matches = new()
    {
        ["user"] = new RuleMatch { Users = [Patterns.User("alice")] },
        ["client"] = new RuleMatch { Clients = [Client("192.0.2.0/24"), Client("2001:db8::/32")] },
        ["local"] = new RuleMatch { Clients = [Client("local")] },
        ["tls"] = new RuleMatch { Tls = true },
        ["no tls"] = new RuleMatch { Tls = false },
        ["ingress"] = new RuleMatch { IsEgress = false },
        ["egress"] = new RuleMatch { IsEgress = true },
        ["from"] = new RuleMatch { Authors = [Patterns.Address("boss@example.org"), Patterns.Address("*@board.example.org")] },
        ["from anybody"] = new RuleMatch { Authors = [Patterns.Address("*")] },
        ["header"] = new RuleMatch { Headers = [Header("X-Encrypt"), Header("Sensitivity: company-confidential")] },
        ["subject"] = new RuleMatch { Subjects = [Subject("[secure]"), Subject("[gr\u00FCn]")] },
        ["type"] = new RuleMatch { ContentTypes = [MediaType("multipart/signed"), MediaType("Text/*")] },
        ["list"] = new RuleMatch { IsListMail = true },
        ["no list"] = new RuleMatch { IsListMail = false },
        ["larger"] = new RuleMatch { LargerThan = 1000 },
        ["smaller"] = new RuleMatch { SmallerThan = 1000 },
        ["both"] = new RuleMatch { Users = [Patterns.User("alice")], Subjects = [Subject("[secure]")], LargerThan = 1000 },
    };

    [Theory]
    [InlineData("user", "alice", Matching.Yes)]
    [InlineData("user", "bob", Matching.No)]
    [InlineData("user", "", Matching.No)]
    [InlineData("user", "open", Matching.Open)]
    [InlineData("client", "192.0.2.1", Matching.Yes)]
    [InlineData("client", "2001:db8::7", Matching.Yes)]
    [InlineData("client", "198.51.100.1", Matching.No)]
    [InlineData("client", "local", Matching.No)]
    [InlineData("client", "", Matching.No)]
    [InlineData("client", "open", Matching.Open)]
    [InlineData("local", "local", Matching.Yes)]
    [InlineData("local", "127.0.0.1", Matching.No)]
    [InlineData("local", "open", Matching.Open)]
    [InlineData("tls", "tls", Matching.Yes)]
    [InlineData("tls", "no tls", Matching.No)]
    [InlineData("tls", "", Matching.No)]
    [InlineData("tls", "open", Matching.Open)]
    [InlineData("no tls", "no tls", Matching.Yes)]
    [InlineData("no tls", "tls", Matching.No)]
    [InlineData("no tls", "", Matching.No)]
    [InlineData("ingress", "", Matching.Yes)]
    [InlineData("ingress", "egress", Matching.No)]
    [InlineData("egress", "egress", Matching.Yes)]
    [InlineData("egress", "", Matching.No)]
    [InlineData("egress", "open", Matching.No)]
    public void WhatTheEnvelopeTells(string match, string who, Matching expected)
    {
        var envelope = new Envelope("alice@example.org", who is "alice" or "bob" ? who : null, canRefuseRecipients: true)
        {
            Client = IPAddress.TryParse(who, out var client) ? client : null,
            IsLocalSubmission = who == "local",
            Tls = who == "tls" ? true : who == "no tls" ? false : null,
            IsEgress = who == "egress",
            IdentityIsOpen = who == "open",
        };
        Assert.Equal(expected, Ask(match, new MailFacts(envelope)));
    }

    [Theory]
    [InlineData("from", "From: Boss <BOSS@Example.org>", Matching.Yes)]
    [InlineData("from", "From: \"boss@example.org\" <mallory@evil.example>", Matching.No)]
    [InlineData("from", "From: c@board.example.org", Matching.Yes)]
    [InlineData("from", "From: boss@example.org\nFrom: mallory@evil.example", Matching.No)]
    [InlineData("from", "From: boss@example.org, c@board.example.org", Matching.No)]
    [InlineData("from", "Subject: x", Matching.No)]
    [InlineData("from anybody", "Subject: x", Matching.Yes)]
    [InlineData("from anybody", "From: a@b.example, c@d.example", Matching.Yes)]
    [InlineData("header", "x-encrypt:", Matching.Yes)]
    [InlineData("header", "X-Encrypted: yes", Matching.No)]
    [InlineData("header", "sensitivity:  Company-CONFIDENTIAL ", Matching.Yes)]
    [InlineData("header", "Sensitivity: company-confidentially", Matching.No)]
    [InlineData("subject", "Subject: Re: [SECURE] plans", Matching.Yes)]
    [InlineData("subject", "Subject: [sec\n ure]", Matching.No)]
    [InlineData("subject", "Subject: =?utf-8?Q?=5Bsecure=5D_=C3=BC?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?UTF-8?B?W3Nl?= =?UTF-8?B?Y3VyZV0=?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?ISO-8859-1?Q?[gr=FCn]?=", Matching.Yes)]
    [InlineData("subject", "Subject: [gr\u00FCn]", Matching.Yes)]
    [InlineData("subject", "Subject: plans\nSubject: [secure]", Matching.Yes)]
    [InlineData("subject", "Subject: =?x-unknown?Q?[secure]?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?iso-8859-15?Q?=5Bsecure=5D_10_=A4?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?ISO_8859-15?Q?=5Bsecure=5D_10_=A4?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?cp932?Q?=5Bsecure=5D_=82=A0?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?windows-1252?B?W3NlY3VyZV0gR3L83w==?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?Windows-1252?Q?=5Bgr=FCn=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?cp1252*de?Q?=5Bgr=FCn=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?iso-2022-jp?B?W3NlY3VyZV0gGyRCTHNCKxsoQg==?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?koi8-r?Q?=5BSecure=5D_=F0?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?koi8-u?Q?=F0_=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?gb2312?Q?=B0=B2=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?gb18030?Q?=B0=B2=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?gbk?Q?=B0=B2=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?big5?Q?=A6w=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?euc-jp?Q?=B0=C2=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?euc-kr?Q?=BE=C8=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?ks_c_5601-1987?Q?=BE=C8=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?shift_jis?Q?=88=C0=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?windows-1251?Q?=CF=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?iso-8859-2?B?W3NlY3VyZV0=?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?us-ascii?Q?=5Bsecure=5D?=", Matching.Yes)]
    [InlineData("subject", "Subject: =?x-unknown?B?W3NlY3VyZV0=?=", Matching.Yes)]
    // What is no ASCII in a set that nobody knows can't be read, nor what its set writes in another way.
    [InlineData("subject", "Subject: =?x-unknown?Q?=5Bsecure=5D=FC?=", Matching.No)]
    [InlineData("subject", "Subject: =?utf-7?B?W3NlY3VyZV0=?=", Matching.No)]
    // In ISO-2022-JP these octets are two other characters.
    [InlineData("subject", "Subject: =?iso-2022-jp?B?GyRCW3NlY3VyZV0bKEI=?=", Matching.No)]
    [InlineData("subject", "Subject: [GR\u00DCN]", Matching.No)]
    [InlineData("subject", "Comment: [secure]", Matching.No)]
    [InlineData("type", "Content-Type: Multipart/Signed; protocol=\"application/pgp-signature\"", Matching.Yes)]
    [InlineData("type", "Content-Type: multipart/mixed", Matching.No)]
    [InlineData("type", "Content-Type: text/calendar; method=REQUEST", Matching.Yes)]
    [InlineData("type", "Subject: x", Matching.Yes)]
    [InlineData("type", "Content-Type: text/plain\nContent-Type: multipart/mixed", Matching.Yes)]
    [InlineData("type", "Content-Type: multipart/mixed\nContent-Type: text/plain", Matching.Yes)]
    [InlineData("type", "Content-Type: text/calendar; name=my plan.ics", Matching.Yes)]
    [InlineData("type", "Content-Type: text/calendar; charset=\"utf-8", Matching.Yes)]
    [InlineData("type", "Content-Type: text/calendar, text/html", Matching.Yes)]
    [InlineData("type", "Content-Type: (a text) Text / (indeed) Calendar ;;", Matching.Yes)]
    [InlineData("type", "Content-Type: multipart/mixed; x=text/plain", Matching.No)]
    [InlineData("type", "Content-Type:", Matching.No)]
    [InlineData("type", "Content-Type: text plain", Matching.No)]
    [InlineData("list", "List-Id: <x.example>", Matching.Yes)]
    [InlineData("list", "List-Post: NO", Matching.Yes)]
    [InlineData("list", "Precedence: Bulk", Matching.Yes)]
    [InlineData("list", "Precedence: first-class", Matching.No)]
    [InlineData("no list", "Precedence: list", Matching.No)]
    [InlineData("no list", "List-Unsubscribe: <mailto:x@y.example>", Matching.Yes)]
    public void WhatTheHeaderTells(string match, string header, Matching expected)
    {
        var fields = header.Split('\n').Aggregate(new List<HeaderField>(), (all, line) =>
        {
            // A line that begins with a blank goes on with the one before it.
            if (line.StartsWith(' '))
                all[^1] = all[^1] with { Value = (byte[])[.. all[^1].Value.Span, .. "\n"u8, .. Encoding.UTF8.GetBytes(line)] };
            else
                all.Add(new HeaderField(line.Split(':')[0], Encoding.UTF8.GetBytes(line[(line.IndexOf(':') + 1)..])));
            return all;
        });
        Assert.Equal(Matching.Open, Ask(match, Facts));
        Assert.Equal(expected, Ask(match, Facts with { Header = fields }));
    }

    [Theory]
    [InlineData("larger", 1001, Matching.Yes)]
    [InlineData("larger", 1000, Matching.No)]
    [InlineData("smaller", 999, Matching.Yes)]
    [InlineData("smaller", 1000, Matching.No)]
    [InlineData("larger", null, Matching.Open)]
    [InlineData("smaller", null, Matching.Open)]
    public void WhatTheLengthTells(string match, int? length, Matching expected) =>
        Assert.Equal(expected, Ask(match, Facts with { Header = [], Length = length }));

    /// <summary>One thing that is not so is enough, whatever else is still to come.</summary>
    [Fact]
    public void WhatIsNotKnownCountsOnlyWhereAllElseIsSo()
    {
        var alice = new MailFacts(new Envelope("", "alice", true));
        IReadOnlyList<HeaderField> tagged = [new HeaderField("Subject", " [secure]"u8.ToArray())];
        Assert.Equal(Matching.No, Ask("both", Facts));
        Assert.Equal(Matching.Open, Ask("both", alice));
        Assert.Equal(Matching.No, Ask("both", alice with { Header = [] }));
        Assert.Equal(Matching.Open, Ask("both", alice with { Header = tagged }));
        Assert.Equal(Matching.Yes, Ask("both", alice with { Header = tagged, Length = 2000 }));
        Assert.Equal(Matching.No, Ask("both", alice with { Length = 2 }));
    }

    [Fact]
    public void FactsThatLearnAnotherHeaderForgetTheFirst()
    {
        var first = Facts with { Header = [new HeaderField("Subject", " [secure]"u8.ToArray())] };
        Assert.Equal(Matching.Yes, Ask("subject", first));
        Assert.Equal(Matching.No, Ask("subject", first with { Header = [] }));
        Assert.Equal(Matching.Yes, Ask("subject", first with { Length = 5 }));
    }

    [Fact]
    public void EachKindIsNoMatchForEverything() => Assert.All(Matches.Values, match => Assert.False(match.IsEverything));

    [Theory]
    [InlineData("X-A: yes*", "X-A: Yes, please", true)]
    [InlineData("X-A: yes*", "X-A: oh yes", false)]
    [InlineData("X-A: *yes", "X-A: oh yes", true)]
    [InlineData("X-A: *yes", "X-A: yes, please", false)]
    [InlineData("X-A: *yes*", "X-A: oh yes, please", true)]
    [InlineData("X-A: *yes*", "X-A: ye", false)]
    [InlineData("X-A: *", "X-A:", true)]
    [InlineData("X-A: yes*", "X-A: y", false)]
    [InlineData("X-A: a b", "X-A: a\n b", true)]
    public void AStarStandsForAnythingAtAnEnd(string wanted, string field, bool expected)
    {
        string[] parts = field.Split(':', 2);
        Assert.Equal(expected, Header(wanted).Is(new HeaderField(parts[0], Encoding.UTF8.GetBytes(parts[1]))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData(": x")]
    [InlineData("X-A:")]
    [InlineData("X-A: a*b")]
    public void AFieldThatMeansNothingIsExplained(string text)
    {
        Assert.False(Trigger.Field.TryParse(text, out _, out string? reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("*/*")]
    [InlineData("text/")]
    [InlineData("te xt/plain")]
    [InlineData("text/pl*")]
    public void AMediaTypeThatIsNoneIsExplained(string text)
    {
        Assert.False(MediaTypePattern.TryParse(text, out _, out string? reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void OnlyWhereARuleDecidesAreItsTriggersTakenOut()
    {
        var rule = new Rule("tagged", 1, Matches["subject"] with { Headers = [Header("X-Encrypt")] }, new PolicyChoices { Encrypt = EncryptMode.Always }) { RemovesTriggers = true };
        IReadOnlyList<HeaderField> header = [new HeaderField("Subject", " [secure]"u8.ToArray()), new HeaderField("X-Encrypt", " yes"u8.ToArray())];
        Assert.Equal(3, Decision(rule, header).TriggersToRemove.Count);
        Assert.Empty(Decision(rule with { RemovesTriggers = false }, header).TriggersToRemove);
        Assert.Empty(Decision(rule, header.Take(1).ToList()).TriggersToRemove);

        static PolicyDecision Decision(Rule rule, IReadOnlyList<HeaderField> header) =>
            Assert.IsType<PolicyAnswer.Decided>(new PolicyTable([rule]).Decide(Facts with { Header = header }, Patterns.To("bob@partner.example"))).Decision;
    }

    [Fact]
    public void ARuleThatHangsOnWhatIsNotKnownLeavesTheLaterOnesPossible()
    {
        var table = new PolicyTable([
            new Rule("tagged", 1, Matches["subject"], new PolicyChoices { Encrypt = EncryptMode.Always }),
            new Rule("large", 2, Matches["larger"], new PolicyChoices { Encrypt = EncryptMode.Never }),
            new Rule("rest", 3, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.WhenPossible }),
            new Rule("late", 4, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always })]);
        Assert.Equal(["tagged", "large", "rest"], Names(Facts));
        Assert.Equal(["large", "rest"], Names(Facts with { Header = [] }));
        Assert.Equal(["rest"], Names(Facts with { Header = [], Length = 10 }));
        Assert.Equal(["large"], Names(Facts with { Header = [], Length = 2000 }));

        string[] Names(MailFacts facts) => table.Decide(facts, Patterns.To("bob@partner.example")) switch
        {
            PolicyAnswer.Decided decided => [decided.Decision.RuleName],
            PolicyAnswer.Open open => [.. open.Possible.Select(decision => decision.RuleName)],
            _ => [],
        };
    }

    [Fact]
    public void AnUnreadableSenderIsFatalOnlyWhereAllElseOfTheRuleIsSo()
    {
        var table = new PolicyTable([new Rule("own", 1, Matches["subject"] with { Senders = [Patterns.Address("*@example.org")] }, new PolicyChoices { Encrypt = EncryptMode.Always })]);
        var facts = new MailFacts(new Envelope("alice at example.org", null, true));
        var bob = Patterns.To("bob@partner.example");
        Assert.IsType<PolicyAnswer.Open>(table.Decide(facts, bob));
        Assert.IsType<PolicyAnswer.Decided>(table.Decide(facts with { Header = [] }, bob));
        Assert.IsType<PolicyAnswer.UnreadableSender>(table.Decide(facts with { Header = [new HeaderField("Subject", " [secure]"u8.ToArray())] }, bob));
    }

    private static MailFacts Facts => new(new Envelope("alice@example.org", null, canRefuseRecipients: true));

    private static Matching Ask(string match, MailFacts facts) => Matches[match].Matches(facts, Patterns.To("bob@partner.example"), null, out _);

    private static ClientPattern Client(string text) => ClientPattern.TryParse(text, out var pattern, out string? reason) ? pattern : throw new ArgumentException(reason);

    private static Trigger.Field Header(string text) => Trigger.Field.TryParse(text, out var trigger, out string? reason) ? trigger : throw new ArgumentException(reason);

    private static Trigger.InSubject Subject(string text) => Trigger.InSubject.TryParse(text, out var trigger, out string? reason) ? trigger : throw new ArgumentException(reason);

    private static MediaTypePattern MediaType(string text) => MediaTypePattern.TryParse(text, out var pattern, out string? reason) ? pattern : throw new ArgumentException(reason);
}
