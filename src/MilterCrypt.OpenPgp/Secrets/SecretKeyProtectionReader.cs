using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Reads what stands between the public and the secret part of a secret key packet (RFC 9580 §5.5.3).</summary>
internal static class SecretKeyProtectionReader
{
    private const byte UsageAead = 253;
    private const byte UsageSha1 = 254;
    private const byte UsageSum = 255;
    private const string CutShort = "secret key packet cut short";
    private const string WrongLength = "a secret key packet whose fields have the wrong length";

    /// <summary>Takes it off the front of <paramref name="rest"/>.</summary>
    /// <param name="version">The key's version.</param>
    /// <param name="rest">From the octet that says how the secret is locked; then the secret.</param>
    /// <param name="protection">Null where the secret is not locked.</param>
    /// <param name="reason">Why it can't be read.</param>
    internal static bool TryRead(
        int version, ref ReadOnlyMemory<byte> rest, out SecretKeyProtection? protection, [NotNullWhen(false)] out string? reason)
    {
        protection = null;
        reason = CutShort;
        if (rest.IsEmpty)
            return false;

        byte usage = rest.Span[0];
        rest = rest[1..];
        if (usage == 0)
        {
            reason = null;
            return true;
        }

        if (version < 6)
            return TryReadFields(usage, isVersion6: false, ref rest, out protection, out reason);

        // Version 6 says how long all of it is, and is locked in the two good ways alone.
        if (usage is not (UsageAead or UsageSha1))
        {
            reason = $"a version 6 secret locked in an old way ({usage})";
            return false;
        }

        if (rest.IsEmpty || rest.Length - 1 < rest.Span[0])
            return false;
        var fields = rest.Slice(1, rest.Span[0]);
        rest = rest[(1 + fields.Length)..];
        if (!TryReadFields(usage, isVersion6: true, ref fields, out protection, out reason))
            return false;
        reason = fields.IsEmpty ? null : WrongLength;
        return reason is null;
    }

    private static bool TryReadFields(
        byte usage, bool isVersion6, ref ReadOnlyMemory<byte> rest, out SecretKeyProtection? protection,
        [NotNullWhen(false)] out string? reason)
    {
        protection = null;
        var way = usage switch
        {
            UsageAead => SecretKeyLock.Aead,
            UsageSha1 => SecretKeyLock.CfbWithSha1,
            _ => SecretKeyLock.CfbWithSum,
        };
        bool isLegacy = usage < UsageAead;
        reason = CutShort;
        int octets = (isLegacy ? 0 : 1) + (way == SecretKeyLock.Aead ? 1 : 0) + (isVersion6 ? 1 : 0);
        if (rest.Length < octets)
            return false;

        // Where the usage is a cipher itself, MD5 makes its key.
        var cipher = (SymmetricAlgorithm)(isLegacy ? usage : rest.Span[0]);
        var mode = way == SecretKeyLock.Aead ? (AeadAlgorithm)rest.Span[1] : default;
        int s2kLength = isVersion6 ? rest.Span[octets - 1] : -1;
        rest = rest[octets..];
        int before = rest.Length;
        S2k? s2k = new HashedS2k(HashAlgorithm.Md5, Salt: default, Count: null);
        if (!isLegacy && !S2k.TryRead(ref rest, out s2k, out reason))
            return false;
        if (isVersion6 && before - rest.Length != s2kLength)
        {
            reason = WrongLength;
            return false;
        }

        reason = ReasonOfUnknown(way, cipher, mode, s2k);
        if (reason is not null)
            return false;

        int ivLength = way == SecretKeyLock.Aead ? mode.NonceLength() : cipher.BlockLength();
        reason = CutShort;
        if (rest.Length < ivLength)
            return false;
        protection = new SecretKeyProtection(way, cipher, mode, s2k, rest[..ivLength].ToArray());
        rest = rest[ivLength..];
        reason = null;
        return true;
    }

    private static string? ReasonOfUnknown(SecretKeyLock way, SymmetricAlgorithm cipher, AeadAlgorithm mode, S2k s2k)
    {
        if (cipher.KeyLength() == 0)
            return $"a secret locked with unknown cipher {(int)cipher}";
        if (way != SecretKeyLock.Aead)
            return s2k is Argon2S2k ? "a secret locked with Argon2, but without AEAD" : null; // RFC 9580 §3.7.2.1
        return mode.NonceLength() == 0 || cipher.BlockLength() != 16
            ? $"a secret locked with unknown mode {(int)mode} of cipher {(int)cipher}"
            : null;
    }
}
