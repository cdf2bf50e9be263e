using System.Net;
using System.Text;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Hops;

public sealed class OriginTests
{
    private static readonly string Sealed = Hop.Seal(Hop.Message);

    [Fact]
    public void TheSecondHopKnowsWhatTheFirstDid() => Assert.Equal(new OriginFinding.Proven(Hop.Facts), Hop.Open(Sealed));

    [Theory]
    [InlineData(null, null, false, MailWay.Incoming)]
    [InlineData("alice", "2001:db8::1", true, MailWay.Outgoing)]
    [InlineData("jürgen@bücher.example", "192.0.2.1", false, MailWay.Outgoing)]
    [InlineData("x; c=203.0.113.1\r\nBcc: eve@example.net\0", "192.0.2.1", false, MailWay.Incoming)]
    public void AllKindsOfFactsPass(string? user, string? client, bool tls, MailWay way)
    {
        var facts = new OriginFacts(user, client is null ? null : IPAddress.Parse(client), tls, way);
        string message = Hop.Seal(Hop.Message, facts);
        Assert.Equal(new OriginFinding.Proven(facts), Hop.Open(message));
        Assert.DoesNotContain("Bcc", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void ANameThatIsTooLongIsNobodys(int length, bool isCarried)
    {
        var facts = Hop.Facts with { User = new string('a', length) };
        var proven = Assert.IsType<OriginFinding.Proven>(Hop.Open(Hop.Seal(Hop.Message, facts)));
        Assert.Equal(isCarried ? facts.User : null, proven.Facts.User);
    }

    [Fact]
    public void AnAddressLosesItsZone()
    {
        var facts = Hop.Facts with { Client = IPAddress.Parse("fe80::1%3") };
        var proven = Assert.IsType<OriginFinding.Proven>(Hop.Open(Hop.Seal(Hop.Message, facts)));
        Assert.Equal(IPAddress.Parse("fe80::1"), proven.Facts.Client);
    }

    [Fact]
    public void TheFieldIsPlainAndFolded()
    {
        string field = Sealed[..Sealed.IndexOf("\r\nFrom:", StringComparison.Ordinal)];
        Assert.All(field.Split("\r\n"), line => Assert.InRange(line.Length, 1, 78));
        Assert.StartsWith("MilterCrypt-Origin: v=1; t=1795514400; u=YWxpY2U; c=192.0.2.1; tls=1; way=out;\r\n\tbh=", field, StringComparison.Ordinal);
        Assert.All(field, c => Assert.True(c is >= ' ' and <= '~' or '\r' or '\n' or '\t'));
    }

    [Theory]
    [InlineData("To: bob@example.net,\r\n carol", "To:\r\n\tbob@example.net, carol")]
    [InlineData("Subject: a  subject", "SUBJECT:a subject  ")]
    [InlineData("From: ", "Received: from x by y; Tue, 24 Nov 2026 10:59:59 +0100\r\nDKIM-Signature: v=1; a=rsa-sha256\r\nFrom: ")]
    [InlineData("X-Mailer: some\r\n", "")]
    [InlineData("MIME-Version: 1.0\r\n", "Delivered-To: bob@example.net\r\nmime-version:\t1.0\r\n")]
    [InlineData("Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nMessage-ID: <1@example.org>\r\n")]
    [InlineData("and lines.\r\n", "and lines.\r\n\r\n \r\n\r\n")]
    [InlineData("and lines.\r\n", "and lines.")]
    [InlineData("and lines.\r\n", "and lines. \t \r\n")]
    [InlineData("A body,\r\n", "A body,\n")]
    [InlineData("; tls=1;", ";\r\n tls=1;\r\n\t")]
    [InlineData("MilterCrypt-Origin:", "MILTERCRYPT-Origin :")]
    public void WhatMtasDoToMailOnItsWayChangesNothing(string was, string becomes)
    {
        Assert.Contains(was, Sealed, StringComparison.Ordinal);
        Assert.Equal(new OriginFinding.Proven(Hop.Facts), Hop.Open(Sealed.Replace(was, becomes, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("From: Alice <alice@example.org>", "From: Alice <mallory@example.org>", "header")]
    [InlineData("From: Alice", "Sender: eve@example.org\r\nFrom: Alice", "header")]
    [InlineData("From: Alice", "From: Eve <eve@example.org>\r\nFrom: Alice", "header")]
    [InlineData("Subject: a", "Subject: A", "header")]
    [InlineData("Subject: a  subject\r\n", "", "header")]
    [InlineData("MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nReply-To: eve@example.org\r\n", "header")]
    [InlineData("MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nCc: eve@example.org\r\n", "header")]
    [InlineData("MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nContent-Type: text/html\r\n", "header")]
    [InlineData("MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nReferences: <2@example.org>\r\n", "header")]
    [InlineData("MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nIn-Reply-To: <2@example.org>\r\n", "header")]
    [InlineData("Encoding: 8bit", "Encoding: base64", "header")]
    [InlineData("  with", "with", "body")]
    [InlineData("\r\n\r\nand", "\r\nand", "body")]
    [InlineData("lines.", "lines.\r\nAnd more.", "body")]
    [InlineData("lines.", "lines.\0", "body")]
    public void WhatSaysSomethingElseIsNotBelieved(string was, string becomes, string about)
    {
        Assert.Contains(was, Sealed, StringComparison.Ordinal);
        AssertForged(about, Sealed.Replace(was, becomes, StringComparison.Ordinal));
    }

    [Fact]
    public void NoCoveredByteCanBeAnother()
    {
        int body = Sealed.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int uncovered = Sealed.IndexOf("X-Mailer", StringComparison.Ordinal), after = Sealed.IndexOf('\n', uncovered);
        for (int i = 0; i < Sealed.Length; i++)
        {
            // Blanks are what may change, within limits; without its colon a line is no header's.
            bool isColon = i < body && Sealed[i] == ':' && !Sealed[(Sealed[..i].LastIndexOf('\n') + 1)..i].Contains(':', StringComparison.Ordinal);
            if (char.IsWhiteSpace(Sealed[i]) || isColon || (i >= uncovered && i < after))
                continue;
            string changed = Sealed[..i] + (char)(Sealed[i] ^ 1) + Sealed[(i + 1)..];
            Assert.False(Hop.Open(changed) is OriginFinding.Proven, changed);
        }
    }

    [Fact]
    public void AnotherSenderCanNotUseIt()
    {
        AssertForged("sender", Sealed, sender: "mallory@example.org");
        AssertForged("sender", Sealed, sender: "alicf@example.org");
        AssertForged("sender", Sealed, sender: "");
        Assert.IsType<OriginFinding.Proven>(Hop.Open(Hop.Seal(Hop.Message, sender: ""), sender: ""));
    }

    [Fact]
    public void WithoutFieldNothingIsKnown() => Assert.Equal(new OriginFinding.None(), Hop.Open(Hop.Message));

    [Fact]
    public void OfSeveralFieldsNoneCounts()
    {
        string field = Sealed[..(Sealed.IndexOf("From:", StringComparison.Ordinal))];
        AssertForged("several", field + Sealed);
        AssertForged("several", Sealed.Replace("X-Mailer:", "miltercrypt-origin: x\r\nX-Mailer:", StringComparison.Ordinal));
    }

    [Fact]
    public void AFieldOfOneMessageDoesNotFitAnother()
    {
        string other = Hop.Message.Replace("<1@example.org>", "<2@example.org>", StringComparison.Ordinal);
        AssertForged("header", Sealed[..Sealed.IndexOf("From:", StringComparison.Ordinal)] + other);
    }

    [Fact]
    public void AKeyIsChangedWhileMailIsInTheQueue()
    {
        string old = Hop.Seal(Hop.Message, keys: Hop.Keys(1));
        string next = Hop.Seal(Hop.Message, keys: Hop.Keys(2, 1));
        Assert.IsType<OriginFinding.Proven>(Hop.Open(old, keys: Hop.Keys(2, 1)));
        Assert.IsType<OriginFinding.Proven>(Hop.Open(next, keys: Hop.Keys(2, 1)));
        Assert.IsType<OriginFinding.Proven>(Hop.Open(next, keys: Hop.Keys(2)));
        AssertForged("key", old, keys: Hop.Keys(2));
        AssertForged("key", old, keys: Hop.Keys(2, 3));
    }

    [Theory]
    [InlineData(-5 * 60, null)]
    [InlineData(-5 * 60 - 1, "future")]
    [InlineData(7 * 86400, null)]
    [InlineData(7 * 86400 + 1, "old")]
    public void AFieldCountsForAWeek(int secondsLater, string? fault)
    {
        var now = Hop.Then.AddSeconds(secondsLater);
        if (fault is null)
            Assert.IsType<OriginFinding.Proven>(Hop.Open(Sealed, now: now));
        else
            AssertForged(fault, Sealed, now: now);
    }

    [Fact]
    public void HalfAFieldIsNone()
    {
        int start = "MilterCrypt-Origin:".Length, end = Sealed.IndexOf("\r\nFrom:", StringComparison.Ordinal);
        for (int length = start; length < end; length++)
            Assert.IsType<OriginFinding.Forged>(Hop.Open(Sealed[..length].TrimEnd() + Sealed[end..]));
    }

    [Theory]
    [InlineData(" x")]
    [InlineData("")]
    [InlineData(" v=2;")]
    [InlineData(";;;;;;;;;;;;")]
    public void WhatIsNoFieldOfOursIsForged(string value)
    {
        AssertForged("code", $"MilterCrypt-Origin:{value}\r\n{Hop.Message}");
        AssertForged("code", $"MilterCrypt-Origin: {string.Concat(Enumerable.Repeat(value + "y", 50_000))}\r\n{Hop.Message}");
    }

    [Fact]
    public void RandomFieldsProveNothing()
    {
        var random = new Random(3);
        int end = Sealed.IndexOf("\r\nFrom:", StringComparison.Ordinal);
        for (int i = 0; i < 5000; i++)
        {
            var field = new StringBuilder(Sealed[..end]);
            for (int change = random.Next(1, 5); change > 0; change--)
            {
                int at = random.Next("MilterCrypt-Origin:".Length, field.Length);
                if (field[at] is not ('\r' or '\n' or '\t'))
                    field[at] = (char)random.Next('!', 127);
            }
            if (field.ToString() != Sealed[..end])
                Assert.IsNotType<OriginFinding.Proven>(Hop.Open(field + Sealed[end..]));
        }
    }

    [Fact]
    public void FieldsOfThatNameAreTakenOutWhateverTheySay()
    {
        string message = "miltercrypt-ORIGIN: x\r\n" + Sealed.Replace("X-Mailer", "MilterCrypt-Origin: y\r\nX-Mailer", StringComparison.Ordinal);
        var letter = Letter.Read(message);
        var left = OriginField.StripChanges(letter.Header).Apply(letter.Header);
        Assert.Equal(Letter.Read(Hop.Message).Header.Select(field => field.Name), left.Select(field => field.Name));
    }

    private static void AssertForged(string why, string message, string sender = Hop.Sender, HopKeys? keys = null, DateTimeOffset? now = null) =>
        Assert.Contains(why, Assert.IsType<OriginFinding.Forged>(Hop.Open(message, sender, keys, now)).Reason, StringComparison.Ordinal);
}
