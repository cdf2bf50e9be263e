using MilterCrypt.Commands.Tracing;

namespace MilterCrypt.Commands.Reporting;

/// <summary>Counts what lines of the log say, in memory that does not grow with the log.</summary>
/// <param name="by">What alone is counted by: recipient, sender, rule or reason; null for all of it.</param>
internal sealed class Tally(string? by)
{
    /// <summary>Kinds of refusal are told apart until their texts are so long together, each with as much as it costs beside; the others
    /// are counted together.</summary>
    private const long MaxLength = 3 << 20, LengthEach = 100;

    private const string NotNamed = "(not named in the log)";

    private readonly Dictionary<Refused, (long Count, DateTimeOffset? Last)> kinds = [];
    private readonly SortedDictionary<string, long> outcomes = new(StringComparer.Ordinal);

    private long length;

    /// <summary>What alone is counted by; null for all of it.</summary>
    public string? By => by;

    /// <summary>How many messages, or recipients of them, had each outcome.</summary>
    public IReadOnlyDictionary<string, long> Outcomes => outcomes;

    /// <summary>Refusals that are not told apart, since there are too many kinds of them.</summary>
    public long Others { get; private set; }

    /// <summary>The kinds, the most frequent first.</summary>
    public IEnumerable<RefusedCount> Kinds =>
        kinds.Select(static kind => new RefusedCount(kind.Key, kind.Value.Count, kind.Value.Last))
            .OrderByDescending(static kind => kind.Count).ThenByDescending(static kind => kind.Last)
            .ThenBy(static kind => kind.Refused.Recipient, StringComparer.Ordinal).ThenBy(static kind => kind.Refused.Sender, StringComparer.Ordinal);

    /// <summary>Takes a line.</summary>
    public void Add(MessageLine line)
    {
        string word = line.Outcome == MessageLine.Foreseen ? $"would-be-{line["would-be"]}" : line.Outcome;
        outcomes[word] = outcomes.GetValueOrDefault(word) + 1;
        if (word is not ("refused" or "recipient-refused" or "would-be-refused"))
            return;
        foreach (string recipient in line.Recipients.DefaultIfEmpty(NotNamed))
            Add(line, recipient, 1);
        if (line.Unnamed > 0)
            Add(line, NotNamed, line.Unnamed);
    }

    private void Add(MessageLine line, string recipient, int number)
    {
        var kind = KindOf(line, recipient);
        if (kinds.TryGetValue(kind, out var known))
            kinds[kind] = (known.Count + number, line.Time > known.Last || known.Last is null ? line.Time : known.Last);
        else if (length + LengthOf(kind) is var more && more <= MaxLength)
        {
            length = more;
            kinds.Add(kind, (number, line.Time));
        }
        else
            Others += number;
    }

    private Refused KindOf(MessageLine line, string recipient)
    {
        bool wouldBe = line.Outcome == MessageLine.Foreseen;
        string sender = line.Sender.Length == 0 ? "<>" : line.Sender;
        return by switch
        {
            "recipient" => new Refused(null, recipient, null, null, null, wouldBe),
            "sender" => new Refused(sender, null, null, null, null, wouldBe),
            "rule" => new Refused(null, null, line.Rule ?? "none", null, null, wouldBe),
            "reason" => new Refused(null, null, null, null, line["reason"] ?? "none", wouldBe),
            _ => new Refused(Domain(sender), recipient, line.Rule ?? "none", line["reply"] ?? "none", line["reason"] ?? "none", wouldBe),
        };
    }

    private static long LengthOf(Refused kind) =>
        LengthEach + (kind.Sender?.Length ?? 0) + (kind.Recipient?.Length ?? 0) + (kind.Rule?.Length ?? 0) + (kind.Reply?.Length ?? 0) + (kind.Reason?.Length ?? 0);

    private static string Domain(string sender)
    {
        int at = sender.LastIndexOf('@');
        return at < 0 ? sender : sender[(at + 1)..];
    }
}
