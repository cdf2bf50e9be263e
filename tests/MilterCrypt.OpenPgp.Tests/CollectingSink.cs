using System.Buffers;

namespace MilterCrypt.OpenPgp.Tests;

/// <summary>Keeps what a layer writes, or counts it where that is much.</summary>
internal sealed class CollectingSink(bool keeps = true) : IOctetSink
{
    private readonly ArrayBufferWriter<byte> kept = new();

    public bool IsComplete { get; private set; }

    public byte[] Octets => kept.WrittenSpan.ToArray();

    public long Length { get; private set; }

    public int LargestPiece { get; private set; }

    public void Write(ReadOnlySpan<byte> data)
    {
        Length += data.Length;
        LargestPiece = Math.Max(LargestPiece, data.Length);
        if (keeps)
            kept.Write(data);
    }

    public void Complete() => IsComplete = true;
}
