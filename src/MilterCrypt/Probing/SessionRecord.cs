using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Probing;

/// <summary>Watches a session's frames and keeps what a report says of them; bodies are counted, not kept. For one
/// session.</summary>
internal sealed class SessionRecord(TimeProvider clock)
{
    private readonly List<ProbeStep> steps = [];
    private readonly HashSet<string> macros = new(StringComparer.Ordinal);
    private long last;

    /// <summary>What happened, in its order.</summary>
    public IReadOnlyList<ProbeStep> Steps => steps;

    /// <summary>Whether a macro was told at any stage.</summary>
    public bool HasTold(string macro) => macros.Contains(macro);

    /// <summary>A frame goes by.</summary>
    public void Note(FrameTrace frame)
    {
        long now = clock.GetTimestamp();
        if (frame.Direction == FrameDirection.FromFilter)
            steps[^1].Answered(new MilterAnswer(frame.Code, frame.Payload), clock.GetElapsedTime(last, now));
        else if (frame.Code == MilterCommand.Macro)
            NoteMacros(frame.Payload.Span);
        else if (frame.Code is not (MilterCommand.Abort or MilterCommand.Quit))
            NoteCommand(frame);
        last = now;
    }

    private void NoteCommand(FrameTrace frame)
    {
        if (steps.Count == 0 || !steps[^1].Takes(frame.Code))
            steps.Add(new ProbeStep(frame.Code, Subject(frame)));
        steps[^1].Told(frame.Payload.Length);
    }

    private static string Subject(FrameTrace frame)
    {
        var strings = frame.Code is MilterCommand.Connect or MilterCommand.Helo or MilterCommand.Mail or MilterCommand.Recipient or MilterCommand.Header
            ? PayloadText.Strings(frame.Payload.Span)
            : [];
        return frame.Code is MilterCommand.Connect or MilterCommand.Header ? strings[0] : string.Join(' ', strings);
    }

    // Behind the command's byte, names and values by turns.
    private void NoteMacros(ReadOnlySpan<byte> payload)
    {
        bool isName = true;
        foreach (Range part in payload[1..].Split((byte)0))
        {
            if (isName)
                macros.Add(Encoding.ASCII.GetString(payload[1..][part]));
            isName = !isName;
        }
    }
}
