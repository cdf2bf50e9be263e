using System.Buffers;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>Takes what is written and forgets it.</summary>
internal sealed class Nowhere : IBufferWriter<byte>, IOctetSink, IPlaintextSink
{
    private byte[] buffer = new byte[128 * 1024];

    /// <summary>Octets that were written as plaintext.</summary>
    public long Written { get; private set; }

    public bool IsProven { get; private set; }

    public void Advance(int count) { }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (buffer.Length < sizeHint)
            buffer = new byte[sizeHint];
        return buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Write(ReadOnlySpan<byte> data) => Written += data.Length;

    public void Complete() { }

    public void Prove() => IsProven = true;
}
