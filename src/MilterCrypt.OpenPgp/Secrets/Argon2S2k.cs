using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;
using MilterCrypt.Native.LibArgon2;
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

    /// <summary>With a fresh salt, and what RFC 9106 §4 recommends where memory is scarce: 64 MiB, three passes.</summary>
    internal static Argon2S2k Make(RandomNumberGenerator random)
    {
        byte[] salt = new byte[16];
        random.GetBytes(salt);
        return new Argon2S2k(salt, Passes: 3, Lanes: 4, MemoryExponent: 16);
    }

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
        if (memory > limits.MaxArgon2Memory || memory * Passes > limits.MaxArgon2Work)
        {
            reason = $"its passphrase would take Argon2 with {memory} KiB of memory and {Passes} passes";
            return false;
        }

        return Argon2.TryDeriveKey(passphrase, Salt.Span, new Argon2Cost(Passes, Lanes, (int)memory), key, out reason);
    }

    protected override string? ReasonOfForm() =>
        Passes == 0 || Lanes == 0 || MemoryExponent > 31 || MemoryExponent < 3 + BitOperations.Log2((uint)((2 * Lanes) - 1))
            ? "Argon2 with parameters that it does not have"
            : null;
}
