using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A symmetric-key encrypted session key packet (RFC 9580 §5.3): whoever knows a passphrase can open the message.
/// Immutable; it owns a copy of its octets.</summary>
public sealed class PassphraseSessionKey
{

    private readonly AeadAlgorithm mode;
    private readonly S2k s2k;
    private readonly byte[] nonce;
    private readonly byte[] encrypted;

    private PassphraseSessionKey(
        int version, SymmetricAlgorithm cipher, AeadAlgorithm mode, S2k s2k, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> encrypted)
    {
        Version = version;
        Cipher = cipher;
        this.mode = mode;
        this.s2k = s2k;
        this.nonce = nonce.ToArray();
        this.encrypted = encrypted.ToArray();
    }

    /// <summary>4 before version 1 of the encrypted data, 6 before version 2.</summary>
    public int Version { get; }

    /// <summary>The cipher that encrypts the session key, or whose key the passphrase makes itself.</summary>
    public SymmetricAlgorithm Cipher { get; }

    /// <summary>Reads a packet's body.</summary>
    /// <param name="packetBody">The body.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="reason">Why it is none.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> packetBody, [NotNullWhen(true)] out PassphraseSessionKey? packet, [NotNullWhen(false)] out string? reason)
    {
        packet = null;
        reason = "a malformed session key packet for a passphrase";
        bool isRead = packetBody.Length <= SessionKeyForm.MaxPassphraseLength && packetBody.Span switch
        {
            [4, ..] when packetBody.Length >= 2 => TryReadV4(packetBody, out packet, ref reason),
            [6, ..] when packetBody.Length >= 5 => TryReadV6(packetBody, out packet, ref reason),
            _ => false,
        };
        if (isRead)
            reason = null;
        return isRead;
    }

    /// <summary>Opens it; false, with the reason, where the passphrase can't be tried. A wrong passphrase offers nothing, or
    /// a wrong key: version 4 has nothing to tell it by.</summary>
    internal bool TryOpen(
        SessionKeyChoice choice, ReadOnlySpan<byte> passphrase, S2kLimits limits, [NotNullWhen(false)] out string? reason)
    {
        Span<byte> derived = stackalloc byte[SymmetricAlgorithmFacts.MaxKeyLength];
        derived = derived[..Cipher.KeyLength()];
        Span<byte> opened = stackalloc byte[encrypted.Length];
        try
        {
            if (!s2k.TryDerive(passphrase, limits, derived, out reason))
                return false;

            encrypted.CopyTo(opened);
            bool isTried = Version == 6 ? TryOpenV6(choice, derived, opened) : TryOpenV4(choice, derived, opened);
            reason = isTried ? null : $"this system has no cipher {(int)Cipher}";
            return isTried;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    // §5.3.1: cipher, S2K, then the session key's cipher and the session key, encrypted; or nothing more.
    private static bool TryReadV4(ReadOnlyMemory<byte> body, out PassphraseSessionKey? packet, ref string? reason)
    {
        packet = null;
        var cipher = (SymmetricAlgorithm)body.Span[1];
        var rest = body[2..];
        if (!S2k.TryRead(ref rest, out var s2k, out string? problem))
            return Refuse(problem, ref reason);
        if (cipher.KeyLength() == 0)
            return Refuse($"a passphrase with unknown cipher {(int)cipher}", ref reason);
        if (rest.Length is not (0 or 1 + 16 or 1 + 24 or 1 + 32))
            return false;
        packet = new PassphraseSessionKey(4, cipher, default, s2k, [], rest.Span);
        return true;
    }

    // §5.3.2: the length of what follows up to the nonce, cipher, mode, the length of the S2K, S2K, nonce; then the session
    // key, encrypted, and a tag.
    private static bool TryReadV6(ReadOnlyMemory<byte> body, out PassphraseSessionKey? packet, ref string? reason)
    {
        packet = null;
        var octets = body.Span;
        var (cipher, mode) = ((SymmetricAlgorithm)octets[2], (AeadAlgorithm)octets[3]);
        var rest = body[5..];
        if (!S2k.TryRead(ref rest, out var s2k, out string? problem))
            return Refuse(problem, ref reason);
        if (mode.NonceLength() == 0 || cipher.BlockLength() != 16)
            return Refuse($"a passphrase with unknown mode {(int)mode} of cipher {(int)cipher}", ref reason);

        int nonceLength = mode.NonceLength();
        int keyLength = rest.Length - nonceLength - ChunkCipher.TagLength;
        if (octets[4] != s2k.Length || octets[1] != 3 + s2k.Length + nonceLength || keyLength is not (16 or 24 or 32))
            return false;
        packet = new PassphraseSessionKey(6, cipher, mode, s2k, rest.Span[..nonceLength], rest.Span[nonceLength..]);
        return true;
    }

    private static bool Refuse(string problem, ref string? reason)
    {
        reason = problem;
        return false;
    }

    private bool TryOpenV4(SessionKeyChoice choice, ReadOnlySpan<byte> derived, Span<byte> opened)
    {
        if (opened.IsEmpty)
        {
            choice.Offer(derived, Cipher);
            return true;
        }

        Span<byte> zeros = stackalloc byte[Cipher.BlockLength()];
        zeros.Clear();
        if (!LockCipher.TryDecryptCfb(Cipher, derived, zeros, opened))
            return false;
        choice.Offer(opened[1..], (SymmetricAlgorithm)opened[0]);
        return true;
    }

    private bool TryOpenV6(SessionKeyChoice choice, ReadOnlySpan<byte> derived, Span<byte> opened)
    {
        var info = PassphraseSessionKeyPacket.Info(Cipher, mode);
        bool? isGood = LockCipher.TryDecryptAead(mode, Cipher, derived, info, nonce, info, opened);
        if (isGood == true)
            choice.Offer(opened[..^ChunkCipher.TagLength], named: null);
        return isGood is not null;
    }
}
