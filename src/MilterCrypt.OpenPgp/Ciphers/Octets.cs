using System.Numerics;
using System.Runtime.InteropServices;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>Arithmetic on octets.</summary>
internal static class Octets
{
    /// <summary>XORs as many octets into <paramref name="target"/> as it has.</summary>
    internal static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        other = other[..target.Length];
        Span<Vector<byte>> wide = MemoryMarshal.Cast<byte, Vector<byte>>(target);
        ReadOnlySpan<Vector<byte>> otherWide = MemoryMarshal.Cast<byte, Vector<byte>>(other);
        for (int i = 0; i < wide.Length; i++)
            wide[i] ^= otherWide[i];
        for (int i = wide.Length * Vector<byte>.Count; i < target.Length; i++)
            target[i] ^= other[i];
    }
}
