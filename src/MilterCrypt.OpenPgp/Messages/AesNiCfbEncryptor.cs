using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using AesNi = System.Runtime.Intrinsics.X86.Aes;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>CFB on the processor's own AES instructions. CFB encrypts one block after another, so nothing but the
/// rounds themselves may stand in their chain: about half as fast again as through a library.</summary>
internal sealed class AesNiCfbEncryptor : ICfbEncryptor
{
    private const int BlockLength = 16;
    private const int MaxRoundKeys = 15;

    private readonly Vector128<byte>[] roundKeys = GC.AllocateArray<Vector128<byte>>(MaxRoundKeys, pinned: true);
    private readonly int rounds;
    private Vector128<byte> feedback;

    /// <param name="key">16 or 32 octets.</param>
    internal AesNiCfbEncryptor(ReadOnlySpan<byte> key)
    {
        if (key.Length == 32)
            rounds = Expand256(key, roundKeys);
        else if (key.Length == 16)
            rounds = Expand128(key, roundKeys);
        else
            throw new ArgumentException("The key has 16 or 32 octets.", nameof(key));
    }

    /// <summary>Whether this processor has the instructions.</summary>
    internal static bool IsSupported => AesNi.IsSupported && Sse2.IsSupported;

    public void Encrypt(Span<byte> blocks)
    {
        ReadOnlySpan<Vector128<byte>> keys = roundKeys;
        Span<Vector128<byte>> data = MemoryMarshal.Cast<byte, Vector128<byte>>(blocks);
        var first = keys[0];
        var last = keys[rounds];
        ReadOnlySpan<Vector128<byte>> inner = keys[1..rounds];
        var value = feedback;
        for (int i = 0; i < data.Length; i++)
        {
            value ^= first;
            foreach (var key in inner)
                value = AesNi.Encrypt(value, key);

            // The last round ends in an XOR with its key, so the plaintext can go with the key: one step fewer.
            value = AesNi.EncryptLast(value, last ^ data[i]);
            data[i] = value;
        }

        feedback = value;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(roundKeys.AsSpan()));

    // FIPS 197 §5.2. KeygenAssist gives RotWord and SubWord of the last word, with the round constant in it.
    private static int Expand128(ReadOnlySpan<byte> key, Span<Vector128<byte>> keys)
    {
        keys[0] = Vector128.Create(key);
        keys[1] = Next128(keys[0], AesNi.KeygenAssist(keys[0], 0x01));
        keys[2] = Next128(keys[1], AesNi.KeygenAssist(keys[1], 0x02));
        keys[3] = Next128(keys[2], AesNi.KeygenAssist(keys[2], 0x04));
        keys[4] = Next128(keys[3], AesNi.KeygenAssist(keys[3], 0x08));
        keys[5] = Next128(keys[4], AesNi.KeygenAssist(keys[4], 0x10));
        keys[6] = Next128(keys[5], AesNi.KeygenAssist(keys[5], 0x20));
        keys[7] = Next128(keys[6], AesNi.KeygenAssist(keys[6], 0x40));
        keys[8] = Next128(keys[7], AesNi.KeygenAssist(keys[7], 0x80));
        keys[9] = Next128(keys[8], AesNi.KeygenAssist(keys[8], 0x1B));
        keys[10] = Next128(keys[9], AesNi.KeygenAssist(keys[9], 0x36));
        return 10;
    }

    private static int Expand256(ReadOnlySpan<byte> key, Span<Vector128<byte>> keys)
    {
        keys[0] = Vector128.Create(key[..BlockLength]);
        keys[1] = Vector128.Create(key[BlockLength..]);
        keys[2] = Next128(keys[0], AesNi.KeygenAssist(keys[1], 0x01));
        keys[3] = Odd256(keys[1], keys[2]);
        keys[4] = Next128(keys[2], AesNi.KeygenAssist(keys[3], 0x02));
        keys[5] = Odd256(keys[3], keys[4]);
        keys[6] = Next128(keys[4], AesNi.KeygenAssist(keys[5], 0x04));
        keys[7] = Odd256(keys[5], keys[6]);
        keys[8] = Next128(keys[6], AesNi.KeygenAssist(keys[7], 0x08));
        keys[9] = Odd256(keys[7], keys[8]);
        keys[10] = Next128(keys[8], AesNi.KeygenAssist(keys[9], 0x10));
        keys[11] = Odd256(keys[9], keys[10]);
        keys[12] = Next128(keys[10], AesNi.KeygenAssist(keys[11], 0x20));
        keys[13] = Odd256(keys[11], keys[12]);
        keys[14] = Next128(keys[12], AesNi.KeygenAssist(keys[13], 0x40));
        return 14;
    }

    private static Vector128<byte> Next128(Vector128<byte> previous, Vector128<byte> assist) =>
        RunningXor(previous) ^ Sse2.Shuffle(assist.AsInt32(), 0xFF).AsByte();

    // Between two full steps AES-256 only substitutes: no rotation, no constant.
    private static Vector128<byte> Odd256(Vector128<byte> previous, Vector128<byte> even) =>
        RunningXor(previous) ^ Sse2.Shuffle(AesNi.KeygenAssist(even, 0x00).AsInt32(), 0xAA).AsByte();

    // Each word becomes the XOR of itself and those before it.
    private static Vector128<byte> RunningXor(Vector128<byte> words)
    {
        words ^= Sse2.ShiftLeftLogical128BitLane(words, 4);
        return words ^ Sse2.ShiftLeftLogical128BitLane(words, 8);
    }
}
