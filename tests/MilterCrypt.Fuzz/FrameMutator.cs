using System.Buffers;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Fuzz;

/// <summary>Makes new sequences of milter frames of old ones: frames are dropped, doubled, moved, taken from elsewhere, or
/// changed inside, and their lengths stay right.</summary>
internal sealed class FrameMutator(Random random, int maxLength)
{
    private static readonly byte[] Commands = "ODCHMRTULNBEAKQcarys+-2ehmibpq"u8.ToArray();

    private readonly Mutator inside = new(random, maxLength);

    public byte[] Mutate(byte[] input, byte[] other)
    {
        List<(byte Code, byte[] Payload)> frames = Read(input), others = Read(other);
        for (int i = 1 << random.Next(3); i > 0; i--)
            MutateOnce(frames, others);

        var output = new ArrayBufferWriter<byte>();
        foreach ((byte code, byte[] payload) in frames)
            FrameWriter.WriteBytes(output, code, payload);
        return output.WrittenSpan[..Math.Min(output.WrittenCount, maxLength)].ToArray();
    }

    private void MutateOnce(List<(byte Code, byte[] Payload)> frames, List<(byte Code, byte[] Payload)> others)
    {
        if (frames.Count == 0)
        {
            frames.AddRange(others);
            return;
        }

        int at = random.Next(frames.Count);
        switch (random.Next(8))
        {
            case 0:
                frames.RemoveAt(at);
                break;
            case 1:
                frames.Insert(random.Next(frames.Count + 1), frames[at]);
                break;
            case 2:
                int to = random.Next(frames.Count);
                (frames[at], frames[to]) = (frames[to], frames[at]);
                break;
            case 3 when others.Count > 0:
                frames.InsertRange(at, others.Skip(random.Next(others.Count)).Take(1 + random.Next(8)));
                break;
            case 4:
                frames[at] = (Commands[random.Next(Commands.Length)], frames[at].Payload);
                break;
            case 5:
                frames.Insert(at, (Commands[random.Next(Commands.Length)], []));
                break;
            default:
                frames[at] = (frames[at].Code, inside.Mutate(frames[at].Payload, others.Count > 0 ? others[random.Next(others.Count)].Payload : []));
                break;
        }
    }

    private static List<(byte Code, byte[] Payload)> Read(byte[] input)
    {
        var frames = new List<(byte, byte[])>();
        var buffer = new ReadOnlySequence<byte>(input);
        try
        {
            while (MilterFrame.TryRead(ref buffer, int.MaxValue, out MilterFrame frame))
                frames.Add((frame.Code, frame.Payload.ToArray()));
        }
        catch (MilterProtocolException)
        {
            // What is behind a bad length is left behind.
        }

        return frames;
    }
}
