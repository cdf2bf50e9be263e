using MilterCrypt.Milter.Client;

namespace MilterCrypt.Milter.Tests.Agreement;

/// <summary>What a filter does, and what of it must show.</summary>
/// <param name="Outcome">What the sender and the recipients notice.</param>
/// <param name="Shows">A line of <see cref="Summary"/> that only this makes.</param>
/// <param name="Script">Its lines, as in scripted-milter.c, with | for the tabs and without the scenario's name.</param>
internal sealed record Scenario(ClientOutcome Outcome, string Shows, params string[] Script)
{
    /// <summary>The protocol's oldest version that has the step.</summary>
    public uint Since { get; init; } = 2;

    /// <summary>What all filters do alike, by name.</summary>
    public static IReadOnlyDictionary<string, Scenario> Alike { get; } = new Dictionary<string, Scenario>
    {
        ["pass"] = new(ClientOutcome.Delivered, "header as it was"),
        ["add"] = new(ClientOutcome.Delivered, "+ X-Added: one", "eom|addheader|X-Added|one", "eom|addheader|X-Added-Too|two"),
        ["addfolded"] = new(ClientOutcome.Delivered, "+ X-Added: one / two", @"eom|addheader|X-Added|one\n two"),
        ["insert"] = new(ClientOutcome.Delivered, "+ X-First: one", "eom|insheader|1|X-Second|two", "eom|insheader|1|X-First|one"),
        ["change"] = new(ClientOutcome.Delivered, "+ Subject: another", "eom|chgheader|1|Subject|another"),
        ["changesecond"] = new(ClientOutcome.Delivered, "+ X-Many: second", "eom|chgheader|2|X-Many|second"),
        ["changemissing"] = new(ClientOutcome.Delivered, "+ X-Missing: there", "eom|chgheader|1|X-Missing|there"),
        ["delete"] = new(ClientOutcome.Delivered, "- Subject: hello", "eom|chgheader|1|Subject|"),
        ["deletefromtheend"] = new(ClientOutcome.Delivered, "- X-Many: b", "eom|chgheader|3|X-Many|", "eom|chgheader|2|X-Many|"),
        ["body"] = new(ClientOutcome.Delivered, "body: 1000 bytes", "eom|body|1000"),
        ["bodyempty"] = new(ClientOutcome.Delivered, "body: 0 bytes", "eom|body|0"),
        ["bodylarge"] = new(ClientOutcome.Delivered, "body: 200000 bytes", "eom|body|200000"),
        ["bodyofonepiece"] = new(ClientOutcome.Delivered, "body: 65535 bytes", "eom|body|65535"),
        ["refuse"] = new(ClientOutcome.Refused, "reply: 550 5.7.1 not here", "eom|reply|550|5.7.1|not here"),
        ["defer"] = new(ClientOutcome.Deferred, "reply: 451 4.7.1 not now", "eom|reply|451|4.7.1|not now"),
        ["hangup"] = new(ClientOutcome.Disconnected, "reply: 421 4.7.0 bye", "eom|reply|421|4.7.0|bye"),
        ["lines"] = new(ClientOutcome.Refused, "reply: 554", "eom|reply|554|5.7.1|first line|second line|third line"),
        ["percent"] = new(ClientOutcome.Deferred, "reply: 452 4.3.1 100% of it, %s", "eom|reply|452|4.3.1|100% of it, %s"),
        ["reject"] = new(ClientOutcome.Refused, "reply: 550 5.7.1 Command rejected", "eom|reject"),
        ["tempfail"] = new(ClientOutcome.Deferred, "reply: 451 4.7.1 Service unavailable", "eom|tempfail"),
        ["discard"] = new(ClientOutcome.Discarded, "reply: -", "eom|discard"),
        ["quarantine"] = new(ClientOutcome.Held, "quarantine: have a look", "eom|quarantine|have a look"),
        ["quarantineedited"] = new(ClientOutcome.Held, "+ Subject: another", "eom|chgheader|1|Subject|another", "eom|quarantine|have a look"),
        ["sender"] = new(ClientOutcome.Delivered, "from: <new@a.example>", "eom|chgfrom|<new@a.example>"),
        ["senderarguments"] = new(ClientOutcome.Delivered, "from: <new@a.example> RET=HDRS ENVID=x", "eom|chgfrom|<new@a.example>|RET=HDRS ENVID=x"),
        ["sendernull"] = new(ClientOutcome.Delivered, "from: <>", "eom|chgfrom|<>"),
        ["recipient"] = new(ClientOutcome.Delivered, "to: <new@b.example>", "eom|addrcpt|<new@b.example>"),
        ["recipientarguments"] = new(ClientOutcome.Delivered, "to: <new@b.example> NOTIFY=NEVER", "eom|addrcpt|<new@b.example>|NOTIFY=NEVER"),
        ["recipientremoved"] = new(ClientOutcome.Delivered, "to: <carol@c.example>", "eom|delrcpt|<bob@b.example>"),
        ["recipientreplaced"] = new(ClientOutcome.Delivered, "to: <new@b.example>", "eom|delrcpt|<bob@b.example>", "eom|delrcpt|<carol@c.example>", "eom|addrcpt|<new@b.example>"),
        ["progress"] = new(ClientOutcome.Delivered, "progress: yes", "eom|progress", "eom|addheader|X-Added|one"),
        ["everything"] = new(ClientOutcome.Delivered, "+ Subject: another", "eom|progress", "eom|chgheader|1|Subject|another", "eom|chgheader|2|X-Many|", "eom|addheader|X-Added|one", "eom|insheader|1|X-First|one", "eom|chgfrom|<new@a.example>", "eom|delrcpt|<bob@b.example>", "eom|addrcpt|<new@b.example>", "eom|body|70000"),
        ["onerecipient"] = new(ClientOutcome.Delivered, "RCPT is told 550 5.1.1 who is bob?", "rcpt:bob|reply|550|5.1.1|who is bob?"),
        ["onerecipientlater"] = new(ClientOutcome.Delivered, "RCPT is told 451 4.7.1 Service", "rcpt:carol|tempfail"),
        ["allrecipients"] = new(ClientOutcome.Refused, "RCPT is told 550 5.7.1 Command rejected", "rcpt|reject"),
        ["acceptatconnect"] = new(ClientOutcome.Delivered, "body shown: no", "connect|accept", "eom|reject"),
        ["acceptathelo"] = new(ClientOutcome.Delivered, "body shown: no", "helo|accept", "eom|reject"),
        ["acceptatmail"] = new(ClientOutcome.Delivered, "body shown: no", "mail|accept", "eom|reject"),
        ["acceptatdata"] = new(ClientOutcome.Delivered, "body shown: no", "data|accept", "eom|reject") { Since = 4 },
        ["acceptatheader"] = new(ClientOutcome.Delivered, "body shown: no", "header|accept", "eom|reject"),
        ["acceptatendofheader"] = new(ClientOutcome.Delivered, "body shown: no", "eoh|accept", "eom|reject"),
        ["rejectatconnect"] = new(ClientOutcome.Refused, "reply: 550 5.7.1 Command rejected", "connect|reject"),
        ["rejectathelo"] = new(ClientOutcome.Refused, "reply: 550 5.7.1 your name is odd", "helo|reply|550|5.7.1|your name is odd"),
        ["deferatmail"] = new(ClientOutcome.Deferred, "reply: 450 4.2.0 later", "mail|reply|450|4.2.0|later"),
        ["discardatmail"] = new(ClientOutcome.Discarded, "reply: -", "mail|discard"),
        ["discardatdata"] = new(ClientOutcome.Discarded, "reply: -", "data|discard") { Since = 4 },
        ["refuseatdata"] = new(ClientOutcome.Refused, "reply: 550 5.7.1 no", "data|reply|550|5.7.1|no") { Since = 4 },
        ["refuseatheader"] = new(ClientOutcome.Refused, "body shown: no", "header|reply|550|5.7.1|no"),
        ["refuseatbody"] = new(ClientOutcome.Refused, "body shown: yes", "body|reply|550|5.7.1|no"),
    };
}
