using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Commands.Tracing;

/// <summary>Collects what is known of one message: by its own queue id, or by that of a form of it, from which its own is learnt.</summary>
/// <param name="queueId">Either.</param>
internal sealed class MessageTrace(string queueId)
{
    /// <summary>A message has a line for each form and each recipient that is refused; ids come again after days.</summary>
    private const int MaxLines = 5_000;

    private readonly HashSet<string> ids = new(StringComparer.Ordinal) { queueId };
    private readonly List<string> originals = [];
    private readonly List<MessageLine> lines = [];
    private readonly List<HandoverTrace> handovers = [];

    /// <summary>What was asked about.</summary>
    public string QueueId => queueId;

    /// <summary>The messages of which what was asked about is a form.</summary>
    public IReadOnlyList<string> Originals => originals;

    /// <summary>The lines, in the order in which they were written.</summary>
    public IReadOnlyList<MessageLine> Lines => lines;

    /// <summary>What the journal has of it.</summary>
    public IReadOnlyList<HandoverTrace> Handovers => handovers;

    /// <summary>Whether there were more lines than are kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether the lines themselves told of a message that they should have been searched for.</summary>
    public bool HasNewOriginals { get; private set; }

    /// <summary>Whether nothing is known.</summary>
    public bool IsEmpty => lines.Count == 0 && handovers.Count == 0;

    /// <summary>The log comes, from its start.</summary>
    public void BeginLog()
    {
        lines.Clear();
        HasNewOriginals = false;
    }

    /// <summary>Takes a line that is about it.</summary>
    public void Add(MessageLine line)
    {
        if (line["as"] == queueId && LearnOriginal(line.Id))
            HasNewOriginals = true;
        if (!ids.Contains(line.Id))
            return;
        if (lines.Count < MaxLines)
            lines.Add(line);
        else
            IsCut = true;
    }

    /// <summary>Takes what the journal has.</summary>
    public void Add(IReadOnlyList<HandoverTrace> found)
    {
        handovers.AddRange(found.Where(one => !handovers.Contains(one)));
        foreach (var one in found)
        {
            if (one is { QueueId: { } original } && one.InjectedQueueId == queueId)
                LearnOriginal(original);
        }
    }

    private bool LearnOriginal(string original)
    {
        if (original == queueId || originals.Count >= MaxLines || !ids.Add(original))
            return false;
        originals.Add(original);
        return true;
    }
}
