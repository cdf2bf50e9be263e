using MilterCrypt.OpenPgp;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

/// <summary>Keeps what a message says.</summary>
internal sealed class HeldPlaintext : IPlaintextSink
{
    public List<byte> Data { get; } = [];

    public bool IsProven { get; private set; }

    public void Write(ReadOnlySpan<byte> data) => Data.AddRange(data);

    public void Prove() => IsProven = true;
}
