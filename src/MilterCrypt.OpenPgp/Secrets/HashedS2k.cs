using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>The simple, salted and iterated ways (RFC 9580 §3.7.1.1 to §3.7.1.3): a hash over salt and passphrase, once or
/// again and again.</summary>
/// <param name="Hash">The hash function.</param>
/// <param name="Salt">8 octets, or none for the simple way.</param>
/// <param name="Count">How often, in its coded form; null for once.</param>
internal sealed record HashedS2k(HashAlgorithm Hash, ReadOnlyMemory<byte> Salt, byte? Count) : S2k
{
    // Passphrase and salt are laid out once so often that hashing takes whole pieces.
    private const int PieceLength = 8192;

    internal override int Length => 2 + Salt.Length + (Count is null ? 0 : 1);

    // RFC 9580 §3.7.1.3.
    private int Octets => Count is { } count ? (16 + (count & 15)) << ((count >> 4) + 6) : 0;

    /// <summary>Iterated over SHA-256, with a fresh salt and the highest count: 65,011,712 octets.</summary>
    internal static HashedS2k Make(RandomNumberGenerator random)
    {
        byte[] salt = new byte[8];
        random.GetBytes(salt);
        return new HashedS2k(HashAlgorithm.Sha256, salt, Count: 0xFF);
    }

    internal override void Write(IBufferWriter<byte> output)
    {
        output.WriteOctets((byte)(Count is not null ? 3 : Salt.IsEmpty ? 0 : 1), (byte)Hash);
        output.Write(Salt.Span);
        if (Count is { } count)
            output.WriteOctets(count);
    }

    internal override bool TryDerive(
        ReadOnlySpan<byte> passphrase, S2kLimits limits, Span<byte> key, [NotNullWhen(false)] out string? reason)
    {
        reason = Octets > limits.MaxIteratedOctets ? $"its passphrase would have to be hashed over {Octets} octets" : null;
        int unit = Salt.Length + passphrase.Length;
        if (reason is not null)
            return false;

        byte[] piece = GC.AllocateArray<byte>(unit * Math.Max(1, PieceLength / Math.Max(1, unit)), pinned: true);
        Span<byte> hash = stackalloc byte[EvpDigest.MaxLength];
        try
        {
            for (int at = 0; at < piece.Length; at += unit)
            {
                Salt.Span.CopyTo(piece.AsSpan(at));
                passphrase.CopyTo(piece.AsSpan(at + Salt.Length));
            }

            // §3.7.1.1: where the hash is shorter than the key, further hashes begin with one zero more each.
            int zeros = 0;
            while (!key.IsEmpty)
            {
                if (!TryHash(zeros++, piece, Math.Max(Octets, unit), hash, out int length, out reason))
                    return false;
                int taken = Math.Min(length, key.Length);
                hash[..taken].CopyTo(key);
                key = key[taken..];
            }

            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(piece);
            CryptographicOperations.ZeroMemory(hash);
        }
    }

    protected override string? ReasonOfForm() =>
        Hash.Native() is null ? $"a passphrase is used with unknown hash function {(int)Hash}" : null;

    private bool TryHash(int zeros, byte[] piece, int octets, Span<byte> hash, out int length, [NotNullWhen(false)] out string? reason)
    {
        length = 0;
        reason = null;
        using var digest = EvpDigest.Begin(Hash.Native()!.Value);
        if (digest is null)
        {
            reason = $"this system has no hash function {(int)Hash}";
            return false;
        }

        digest.Append(stackalloc byte[zeros]);
        for (int left = octets; left > 0; left -= piece.Length)
            digest.Append(piece.AsSpan(0, Math.Min(left, piece.Length)));
        length = digest.Finish(hash);
        return true;
    }
}
