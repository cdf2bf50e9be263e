using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Packets;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>A secret key or secret subkey packet of version 4 or 6 (RFC 9580 §5.5.3). Once it is unlocked, libcrypto holds
/// the secret, and nothing else does; usable from several threads then. Owned by its reader; disposal clears it.</summary>
public sealed class SecretKey : IDisposable
{
    private SecretMaterial? material;
    private LockedSecret? locked;
    private bool isDisposed;

    private SecretKey(PublicKey publicKey, SecretMaterial? material, LockedSecret? locked)
    {
        PublicKey = publicKey;
        this.material = material;
        this.locked = locked;
    }

    /// <summary>The public part, to which the secret belongs.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Whether it takes a passphrase before it can be used.</summary>
    public bool IsLocked => Volatile.Read(ref material) is null;

    /// <summary>Whether its algorithm signs.</summary>
    public bool CanSign => PublicKey.Material switch
    {
        PublicKeyMaterial.Rsa => PublicKey.Algorithm != PublicKeyAlgorithm.RsaEncryptOnly,
        PublicKeyMaterial.Ecdsa or PublicKeyMaterial.EdDsaLegacy or PublicKeyMaterial.Ed25519 or PublicKeyMaterial.Ed448 => true,
        _ => false,
    };

    /// <summary>Whether its algorithm decrypts.</summary>
    public bool CanDecrypt => PublicKey.CanEncrypt;

    /// <summary>The private key, for what opens session keys; null while it is locked.</summary>
    internal SecretMaterial? Material => Volatile.Read(ref material);

    /// <summary>How it is locked in its packet; null where it is not.</summary>
    internal SecretKeyProtection? Protection => locked?.Protection;

    /// <summary>A fresh key, which is not locked.</summary>
    /// <param name="publicKey">The public part.</param>
    /// <param name="material">The secret, which it owns from now on.</param>
    internal static SecretKey Of(PublicKey publicKey, SecretMaterial material) => new(publicKey, material, locked: null);

    /// <summary>Reads a packet's body.</summary>
    /// <param name="packetBody">The body. Of an unlocked key it holds the secret: the caller clears it.</param>
    /// <param name="isSubkey">Whether the packet's tag is that of a subkey.</param>
    /// <param name="key">The key, which may be locked.</param>
    /// <param name="reason">Why there is none, such as "the secret is not here, it is on a card" or "the secret does not
    /// fit the public key".</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> packetBody, bool isSubkey, [NotNullWhen(true)] out SecretKey? key, [NotNullWhen(false)] out string? reason)
    {
        key = null;
        if (!PublicKey.TryReadPublicPart(packetBody, isSubkey, out var publicKey, out reason))
            return false;
        reason = SecretMaterialReader.RefusalOf(publicKey);
        var secret = packetBody[publicKey.Body.Length..];
        var rest = secret;
        if (reason is not null || !SecretKeyProtectionReader.TryRead(publicKey.Version, ref rest, out var protection, out reason))
            return false;

        if (protection is not null)
        {
            key = new SecretKey(publicKey, material: null, new LockedSecret(protection, secret.ToArray(), secret.Length - rest.Length));
            return true;
        }

        if (!TryCheck(publicKey.Version, ref rest, out reason) || !SecretMaterialReader.TryRead(publicKey, rest, out var material, out reason))
            return false;
        key = Of(publicKey, material);
        return true;
    }

    /// <summary>Unlocks the key. One thread at a time.</summary>
    /// <param name="passphrase">Its octets, UTF-8; the caller clears them.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="reason">Why the key is still locked, such as "wrong passphrase, or a damaged key".</param>
    /// <returns>True where the key is unlocked, or was before.</returns>
    public bool TryUnlock(ReadOnlySpan<byte> passphrase, S2kLimits limits, [NotNullWhen(false)] out string? reason)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        reason = null;
        if (material is not null)
            return true;
        if (!locked!.Protection.TryUnlock(PublicKey, locked.Secret, passphrase, limits, out var unlocked, out reason))
            return false;
        Volatile.Write(ref material, unlocked);
        return true;
    }

    /// <summary>Signs a digest: the algorithm's own octets at the end of a signature packet (RFC 9580 §5.2.3).</summary>
    /// <param name="hash">The function that made it: one of SHA-2 or SHA-3.</param>
    /// <param name="digest">As many octets as that makes.</param>
    /// <exception cref="InvalidOperationException">The key is locked, or its algorithm doesn't sign.</exception>
    /// <exception cref="ArgumentException">Nothing is signed over such a hash, or the digest has another length.</exception>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public byte[] SignDigest(HashAlgorithm hash, ReadOnlySpan<byte> digest)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (!CanSign || Material?.Key is not { } native)
            throw new InvalidOperationException(CanSign ? "The key is locked." : "The key's algorithm doesn't sign.");
        if (hash is HashAlgorithm.Md5 or HashAlgorithm.Sha1 or HashAlgorithm.RipeMd160 || hash.Native() is not { } function)
            throw new ArgumentException($"Nothing is signed over hash function {(int)hash}.", nameof(hash));
        if (digest.Length != hash.DigestLength())
            throw new ArgumentException("The digest has another length than its function makes.", nameof(digest));

        switch (PublicKey.Material)
        {
            case PublicKeyMaterial.Rsa:
                return SignatureNumbers.Write(PublicKey.Material, native.SignRsa(function, digest))!;
            case PublicKeyMaterial.Ecdsa:
                var (r, s) = native.SignEcdsa(digest);
                return SignatureNumbers.Write(PublicKey.Material, r, s)!;
            case PublicKeyMaterial.EdDsaLegacy:
                byte[] halves = native.SignEdDsa(digest);
                return SignatureNumbers.Write(PublicKey.Material, halves.AsSpan(..32), halves.AsSpan(32..))!;
            default:
                return native.SignEdDsa(digest);
        }
    }

    /// <summary>What its packet is to have where a passphrase locks it; false, with the reason, where this system can't make a
    /// key of one.</summary>
    /// <param name="passphrase">Its octets, UTF-8; the caller clears them.</param>
    /// <param name="random">Makes salt and initial value.</param>
    /// <param name="made">For <see cref="UseLock"/>.</param>
    /// <param name="reason">Why there is none.</param>
    internal bool TryMakeLock(
        ReadOnlySpan<byte> passphrase, RandomNumberGenerator random, [NotNullWhen(true)] out LockedSecret? made,
        [NotNullWhen(false)] out string? reason)
    {
        using var numbers = Export();
        return SecretKeyLocker.TryLock(PublicKey, numbers.WrittenMemory.Span, passphrase, random, out made, out reason);
    }

    /// <summary>Makes it stand so in its packet from now on: locked as <see cref="TryMakeLock"/> says, or not at all. In memory it
    /// stays unlocked.</summary>
    internal void UseLock(LockedSecret? made)
    {
        if (IsLocked)
            throw new InvalidOperationException("The key is locked.");
        locked = made;
    }

    /// <summary>Writes its packet, as locked as it was read or made since.</summary>
    /// <param name="output">Somewhere that is cleared.</param>
    internal void Write(IBufferWriter<byte> output)
    {
        using var body = new ClearedBufferWriter();
        body.Write(PublicKey.Body.Span);
        if (locked is not null)
            body.Write(locked.Octets.Span);
        else
            WriteUnlocked(body);
        PacketWriter.Write(output, PublicKey.IsSubkey ? PacketTag.SecretSubkey : PacketTag.SecretKey, body.WrittenMemory.Span);
    }

    /// <summary>Clears the secret.</summary>
    public void Dispose()
    {
        isDisposed = true;
        Interlocked.Exchange(ref material, null)?.Dispose();
    }

    private void WriteUnlocked(ClearedBufferWriter body)
    {
        using var numbers = Export();
        body.WriteOctets(0);
        body.Write(numbers.WrittenMemory.Span);
        if (PublicKey.Version >= 6)
            return;
        Span<byte> sum = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(sum, OctetSum.Of(numbers.WrittenMemory.Span));
        body.Write(sum);
    }

    private ClearedBufferWriter Export()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var unlocked = Material ?? throw new InvalidOperationException("The key is locked.");
        var numbers = new ClearedBufferWriter();
        SecretMaterialWriter.Write(PublicKey, unlocked, numbers);
        return numbers;
    }

    // RFC 9580 §5.5.3: a sum of octets follows an unlocked secret, but in version 6.
    private static bool TryCheck(int version, ref ReadOnlyMemory<byte> secret, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        if (version >= 6)
            return true;

        reason = "secret key packet cut short";
        if (secret.Length < sizeof(ushort))
            return false;
        ushort sum = BinaryPrimitives.ReadUInt16BigEndian(secret.Span[^sizeof(ushort)..]);
        secret = secret[..^sizeof(ushort)];
        reason = "a damaged secret key";
        return OctetSum.Of(secret.Span) == sum;
    }
}
