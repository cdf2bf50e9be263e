using System.Buffers.Binary;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Client;

/// <summary>A message in the MTA's hands while a filter edits it, with what each MTA makes of places and namesakes.</summary>
internal sealed class EditedMessage
{
    private readonly bool sendmail;
    private readonly bool leadingSpace;
    private readonly List<Line> lines = [];
    private List<byte>? newBody;
    private byte lastCode;

    /// <param name="message">The message as the MTA received it.</param>
    /// <param name="mta">Whose hands they are.</param>
    /// <param name="leadingSpace">Whether values keep the blanks behind the colon.</param>
    /// <param name="addsMissing">Whether it adds what the header lacks where the filter sees it.</param>
    public EditedMessage(ClientMessage message, MtaKind mta, bool leadingSpace, bool addsMissing)
    {
        sendmail = mta == MtaKind.Sendmail;
        this.leadingSpace = leadingSpace;
        Body = message.Body;
        AddOwn("Received", " from client by mta; Mon, 1 Jan 2024 00:00:00 +0000");
        // Sendmail adds these itself where they are missing, and shows the filter neither them nor its Received.
        foreach (string name in sendmail ? new[] { "Date", "Message-Id" } : [])
        {
            if (!message.Header.Any(f => Same(f.Name, name)))
                AddOwn(name, " made by the MTA");
        }

        lines.AddRange(message.Header.Select(f => new Line(f.Name, f.Value) { Shown = true }));
        // Postfix adds them where it may, behind all others, and shows them.
        foreach (string name in addsMissing ? new[] { "Message-Id", "Date", "From" } : [])
        {
            if (!message.Header.Any(f => Same(f.Name, name)))
                lines.Add(new Line(name, " made by the MTA"u8.ToArray()) { Shown = true });
        }
    }

    /// <summary>What the filter is shown of the header.</summary>
    public IReadOnlyList<HeaderField> ShownHeader =>
        [.. lines.Where(l => l.Shown).Select(l => new HeaderField(l.Name, l.Value))];

    public ReadOnlyMemory<byte> Body { get; private set; }

    public string? QuarantineReason { get; private set; }

    public IReadOnlyList<HeaderField> Header =>
        [.. lines.Where(l => !l.Deleted).Select(l => new HeaderField(l.Name, l.Value))];

    /// <summary>Carries out what the filter said after the end of the message, on the message or on its envelope.</summary>
    /// <exception cref="MilterProtocolException">It is no edit, or a piece of the body after something else.</exception>
    public void Apply(MilterAnswer edit, EditedEnvelope envelope)
    {
        ReadOnlySpan<byte> payload = edit.Payload.Span;
        switch (edit.Code)
        {
            case MilterReply.AddHeader:
                AddHeader(ReadLine(payload));
                break;
            case MilterReply.InsertHeader:
                InsertHeader(ReadPlace(payload), ReadLine(payload[sizeof(uint)..]));
                break;
            case MilterReply.ChangeHeader:
                ChangeHeader(ReadPlace(payload), ReadLine(payload[sizeof(uint)..]));
                break;
            case MilterReply.ReplaceBody:
                ReplaceBody(payload);
                break;
            case MilterReply.Progress:
                break;
            case MilterReply.Quarantine:
                QuarantineReason = Encoding.UTF8.GetString(new NulStrings(payload).Next());
                break;
            case var _ when envelope.Apply(edit):
                break;
            default:
                throw new MilterProtocolException($"The filter answers {edit} amid edits.");
        }

        lastCode = edit.Code;
    }

    // Postfix fails the message at the second run of pieces, PROGRESS between two included; Sendmail doesn't mind.
    private void ReplaceBody(ReadOnlySpan<byte> piece)
    {
        if (!sendmail && newBody is not null && lastCode != MilterReply.ReplaceBody)
            throw new MilterProtocolException("Something came between two pieces of the new body.");
        newBody ??= [];
        newBody.AddRange(piece);
    }

    /// <summary>All edits have come.</summary>
    public void Finish() => Body = newBody is null ? Body : newBody.ToArray();

    private void AddHeader(Line line)
    {
        int namesake = sendmail ? lines.FindIndex(l => Same(l.Name, line.Name)) : -1;
        if (namesake >= 0 && lines[namesake] is { Shown: false } own && !Same(own.Name, "Received"))
            lines[namesake] = line;
        else
            lines.Insert(namesake < 0 ? lines.Count : namesake, line);
    }

    private void InsertHeader(uint place, Line line) => lines.Insert((int)Math.Min(place, (uint)lines.Count), line);

    private void ChangeHeader(uint place, Line line)
    {
        uint left = Math.Max(place, 1);
        int found = lines.FindIndex(l => l.Shown && Same(l.Name, line.Name) && --left == 0);
        if (found < 0 && line.Value.Length > 0)
            lines.Add(line);
        else if (found >= 0 && line.Value.Length > 0)
            lines[found] = line;
        else if (found >= 0 && sendmail)
            lines[found] = lines[found] with { Deleted = true };
        else if (found >= 0)
            lines.RemoveAt(found);
    }

    private Line ReadLine(ReadOnlySpan<byte> payload)
    {
        var strings = new NulStrings(payload);
        string name = Encoding.Latin1.GetString(strings.Next());
        byte[] value = strings.Next().ToArray();
        if (value.AsSpan().Contains((byte)'\r'))
            throw new MilterProtocolException("An edited header value holds a CR, which would be delivered.");
        if (!leadingSpace && value.Length > 0)
            value = [(byte)' ', .. value];
        return new Line(name, value) { Shown = true };
    }

    private static uint ReadPlace(ReadOnlySpan<byte> payload) =>
        payload.Length > sizeof(uint)
            ? BinaryPrimitives.ReadUInt32BigEndian(payload)
            : throw new MilterProtocolException("An edit is cut off.");

    private void AddOwn(string name, string value) => lines.Add(new Line(name, Encoding.ASCII.GetBytes(value)));

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private sealed record Line(string Name, ReadOnlyMemory<byte> Value)
    {
        public bool Shown { get; init; }

        public bool Deleted { get; init; }
    }
}
