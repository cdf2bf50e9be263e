using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>Takes out of a header what its sender wrote for the filter alone.</summary>
public static class TriggerRemoval
{
    /// <summary>The changes that take the triggers out: fields go whole, a text goes out of the Subject. Nothing else is touched; where
    /// no trigger stands there are no changes.</summary>
    public static IReadOnlyList<HeaderChange> Of(IReadOnlyList<HeaderField> header, IReadOnlyList<Trigger> triggers)
    {
        var changes = new List<HeaderChange>();
        byte[][] texts = [.. triggers.OfType<Trigger.InSubject>().Select(static trigger => Encoding.UTF8.GetBytes(trigger.Text))];
        for (int i = 0; i < header.Count; i++)
        {
            if (triggers.OfType<Trigger.Field>().Any(trigger => trigger.Is(header[i])))
                changes.Add(new HeaderChange.Delete(i));
            else if (header[i].Is("Subject") && WithoutTexts(header[i].Value, texts) is { } rest)
                changes.Add(new HeaderChange.Replace(i, rest));
        }
        return changes;
    }

    // Nobody nests them by accident, and each time costs the whole Subject.
    private const int MostReadings = 8;

    private static byte[]? WithoutTexts(ReadOnlyMemory<byte> subject, byte[][] texts)
    {
        byte[]? rest = null;
        // Read anew: a text that was taken out may have stood in what is an encoded word without it.
        for (int i = 0; i < MostReadings && TextCut.Remove(EncodedText.Read(rest ?? subject), texts) is { } shorter; i++)
            rest = shorter;
        return rest;
    }
}
