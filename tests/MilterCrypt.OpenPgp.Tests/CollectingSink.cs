using System.Buffers;

namespace MilterCrypt.OpenPgp.Tests;

/// <summary>Keeps what a layer writes.</summary>
internal sealed class CollectingSink : IOctetSink
{
    private readonly ArrayBufferWriter<byte> octets = new();

    public bool IsComplete { get; private set; }

    public byte[] Octets => octets.WrittenSpan.ToArray();

    public void Write(ReadOnlySpan<byte> data) => octets.Write(data);

    public void Complete() => IsComplete = true;
}
