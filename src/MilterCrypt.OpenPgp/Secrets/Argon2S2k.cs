using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Argon2id (RFC 9580 §3.7.1.4).</summary>
/// <param name="Salt">16 octets.</param>
/// <param name="Passes">t.</param>
/// <param name="Lanes">p.</param>
/// <param name="MemoryExponent">m: 2 to this power KiB.</param>
internal sealed record Argon2S2k(ReadOnlyMemory<byte> Salt, byte Passes, byte Lanes, byte MemoryExponent) : S2k
{
    internal override int Length => 20;

    internal override void Write(IBufferWriter<byte> output)
    {
        output.WriteOctets(4);
        output.Write(Salt.Span);
        output.WriteOctets(Passes, Lanes, MemoryExponent);
    }

    internal override bool TryDerive(
        ReadOnlySpan<byte> passphrase, S2kLimits limits, Span<byte> key, [NotNullWhen(false)] out string? reason)
    {
        long memory = 1L << MemoryExponent;
        reason = memory > limits.MaxArgon2Memory || memory * Passes > limits.MaxArgon2Work
            ? $"its passphrase would need Argon2 with {memory} KiB of memory and {Passes} passes"
            : "Argon2 is not here yet";
        return false;
    }

    protected override string? ReasonOfForm() =>
        Passes == 0 || Lanes == 0 || MemoryExponent > 31 || MemoryExponent < 3 + BitOperations.Log2((uint)((2 * Lanes) - 1))
            ? "Argon2 with parameters that it does not have"
            : null;
}
