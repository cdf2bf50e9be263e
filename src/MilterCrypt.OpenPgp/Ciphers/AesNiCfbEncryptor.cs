using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using AesNi = System.Runtime.Intrinsics.X86.Aes;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>CFB on the processor's own AES instructions. CFB encrypts one block after another, so nothing but the
/// rounds themselves may stand in their chain: about half as fast again as through a library.</summary>
internal sealed class AesNiCfbEncryptor : AesCfbEncryptor
{
    private const int Rounds128 = 10;
    private const int Rounds256 = 14;

    private readonly Vector128<byte>[] roundKeys = GC.AllocateArray<Vector128<byte>>(Rounds256 + 1, pinned: true);
    private readonly int rounds;

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

    /// <summary>Whether this processor has the instructions, and there is code for the key's octets: none for AES-192,
    /// which nobody writes.</summary>
    internal static bool Supports(int keyLength) => AesNi.IsSupported && Sse2.IsSupported && keyLength is 16 or 32;

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(roundKeys.AsSpan()));
        base.Dispose();
    }

    protected override void EncryptBlocks(ReadOnlySpan<byte> source, Span<byte> destination) =>
        Chain(source, destination).CopyTo(Feedback);

    protected override void EncryptFeedback(Span<byte> destination) => Chain(stackalloc byte[BlockLength], destination);

    private Vector128<byte> Chain(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var from = MemoryMarshal.Cast<byte, Vector128<byte>>(source);
        var to = MemoryMarshal.Cast<byte, Vector128<byte>>(destination);
        var value = Vector128.Create(Feedback);
        return rounds == Rounds256 ? Encrypt256(from, to, roundKeys, value) : Encrypt128(from, to, roundKeys, value);
    }

    // The last round ends in an XOR with its key, so the plaintext can go with the key: one step fewer. Round keys in
    // locals stay in registers; in a loop over an array the chain would wait for loads and bounds.
    private static Vector128<byte> Encrypt128(
        ReadOnlySpan<Vector128<byte>> source, Span<Vector128<byte>> destination, ReadOnlySpan<Vector128<byte>> keys, Vector128<byte> value)
    {
        Vector128<byte> k0 = keys[0], k1 = keys[1], k2 = keys[2], k3 = keys[3], k4 = keys[4], k5 = keys[5],
            k6 = keys[6], k7 = keys[7], k8 = keys[8], k9 = keys[9], k10 = keys[10];
        for (int i = 0; i < source.Length && i < destination.Length; i++)
        {
            value = AesNi.Encrypt(value ^ k0, k1);
            value = AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(value, k2), k3), k4), k5);
            value = AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(value, k6), k7), k8), k9);
            value = AesNi.EncryptLast(value, k10 ^ source[i]);
            destination[i] = value;
        }

        return value;
    }

    private static Vector128<byte> Encrypt256(
        ReadOnlySpan<Vector128<byte>> source, Span<Vector128<byte>> destination, ReadOnlySpan<Vector128<byte>> keys, Vector128<byte> value)
    {
        Vector128<byte> k0 = keys[0], k1 = keys[1], k2 = keys[2], k3 = keys[3], k4 = keys[4], k5 = keys[5],
            k6 = keys[6], k7 = keys[7], k8 = keys[8], k9 = keys[9], k10 = keys[10], k11 = keys[11], k12 = keys[12],
            k13 = keys[13], k14 = keys[14];
        for (int i = 0; i < source.Length && i < destination.Length; i++)
        {
            value = AesNi.Encrypt(value ^ k0, k1);
            value = AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(value, k2), k3), k4), k5);
            value = AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(value, k6), k7), k8), k9);
            value = AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(AesNi.Encrypt(value, k10), k11), k12), k13);
            value = AesNi.EncryptLast(value, k14 ^ source[i]);
            destination[i] = value;
        }

        return value;
    }

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
        return Rounds128;
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
        return Rounds256;
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
