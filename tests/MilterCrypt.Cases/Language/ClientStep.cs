namespace MilterCrypt.Cases.Language;

/// <summary>One thing that the client does.</summary>
public abstract record ClientStep(Place Place)
{
    /// <summary>The lines of the reply that it must get; none where any success will do.</summary>
    public IReadOnlyList<ExpectedLine> Replies { get; init; } = [];

    /// <summary>Connects anew, and waits for the greeting.</summary>
    public sealed record Connect(Place Place) : ClientStep(Place);

    /// <summary>A command, as SMTP has it.</summary>
    public sealed record Command(Place Place, string Line) : ClientStep(Place);

    /// <summary>DATA, and the message where there is one.</summary>
    public sealed record Data(Place Place, byte[]? Message) : ClientStep(Place);

    /// <summary>BDAT, with a piece of a message.</summary>
    public sealed record Chunk(Place Place, byte[] Bytes, bool IsLast) : ClientStep(Place);

    /// <summary>A message for the sendmail command.</summary>
    public sealed record Submit(Place Place, string Sender, IReadOnlyList<string> Recipients, byte[] Message) : ClientStep(Place);

    /// <summary>Closes the connection without a word.</summary>
    public sealed record HangUp(Place Place) : ClientStep(Place);

    /// <summary>The messages that these steps bring, in their order; what comes in pieces is one.</summary>
    internal static IReadOnlyList<byte[]> Contents(IEnumerable<ClientStep> steps)
    {
        var contents = new List<byte[]>();
        var pieces = new List<byte>();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Data { Message: { } message }:
                    contents.Add(message);
                    break;
                case Submit submit:
                    contents.Add(submit.Message);
                    break;
                case Chunk chunk:
                    pieces.AddRange(chunk.Bytes);
                    if (chunk.IsLast)
                    {
                        contents.Add([.. pieces]);
                        pieces.Clear();
                    }

                    break;
                default:
                    break;
            }
        }

        return contents;
    }
}
