using System.Buffers;

namespace MilterCrypt.OpenPgp.Messages.Writing;

/// <summary>The last layer of a message without armor.</summary>
internal sealed class BinaryOutput(IBufferWriter<byte> output) : IOctetSink
{
    public void Write(ReadOnlySpan<byte> data) => output.Write(data);

    public void Complete()
    {
        // Packets say themselves where they end.
    }
}
