using System.Security.Cryptography;
using MilterCrypt.Native.LibC;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>The secret keys of this process, and the only place where they are used: says who may do what with which, and has
/// an audit of it. Usable from several threads, which all may work at once. Owned by the program.</summary>
/// <param name="first">The keys, which it owns from now on.</param>
/// <param name="clock">Says for when certificates are judged.</param>
/// <param name="random">Makes session keys for failures.</param>
/// <param name="audit">Is told of each use before the asker is; called from several threads.</param>
public sealed class LocalKeys(SecretKeyRing first, TimeProvider clock, RandomNumberGenerator random, Action<KeyUseFact> audit) : IDisposable
{
    // Whoever uses keys reads; whoever puts others in their place waits until nobody uses the old ones.
    private readonly ReaderWriterLockSlim inUse = new();
    private SecretKeyRing ring = first;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            using var _ = Reading();
            return ring.Count;
        }
    }

    /// <summary>Puts other keys in the place of those that there are, which are cleared.</summary>
    public void Replace(SecretKeyRing next)
    {
        inUse.EnterWriteLock();
        try
        {
            ring.Dispose();
            ring = next;
        }
        finally
        {
            inUse.ExitWriteLock();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Replace(SecretKeyRing.Empty);
        inUse.Dispose();
    }

    /// <summary>All keys, with what they can be used for now.</summary>
    internal IReadOnlyList<KeyAbility> Abilities()
    {
        using var _ = Reading();
        return ring.AbilitiesAt(clock.GetUtcNow());
    }

    /// <summary>Whether a key of a certificate can be used for that now.</summary>
    internal bool Holds(Fingerprint certificate, Fingerprint key, KeyOperation operation)
    {
        using var _ = Reading();
        return ring.Find(key) is { } held && held.Certificate.Equals(certificate)
            && (operation == KeyOperation.Sign ? held.RefusalToSign(clock.GetUtcNow()) is null : held.Decrypts);
    }

    /// <summary>Signs a digest of data: with a key that may sign data now, over a hash that is good enough.</summary>
    internal SigningAnswer Sign(Fingerprint key, HashAlgorithm hash, ReadOnlySpan<byte> digest, KeyUse use, SocketPeer asker)
    {
        using var _ = Reading();
        var held = ring.Find(key);
        string? refusal = held is null ? $"the key {key} is not held" : RefusalToSign(held, hash, digest);
        byte[]? values = null;
        var outcome = held is null ? KeyUseOutcome.NoSuchKey : KeyUseOutcome.Refused;
        try
        {
            values = refusal is null ? held!.Secret.SignDigest(hash, digest) : null;
            outcome = values is null ? outcome : KeyUseOutcome.Done;
        }
        finally
        {
            audit(new KeyUseFact(KeyOperation.Sign, [key], hash, use, asker, outcome));
        }

        return new SigningAnswer(values, refusal);
    }

    /// <summary>Opens a session key, as <see cref="SessionKeyOpener"/> does.</summary>
    internal OpeningAnswer Open(
        IReadOnlyList<EncryptedSessionKey> packets, IReadOnlyList<Fingerprint> keys, int packetVersion, SymmetricAlgorithm? cipher,
        KeyUse use, SocketPeer asker)
    {
        using var _ = Reading();
        var held = keys.Select(ring.Find).OfType<HeldKey>().Where(static key => key.Decrypts).Select(static key => key.Secret).ToList();
        SessionKey? opened = null;
        var outcome = held.Count == 0 ? KeyUseOutcome.NoSuchKey : KeyUseOutcome.Refused;
        try
        {
            opened = held.Count == 0 ? null : SessionKeyOpener.Open(packets, held, packetVersion, cipher, random);
            outcome = opened is null ? outcome : KeyUseOutcome.Done;
        }
        finally
        {
            IReadOnlyList<Fingerprint> asked = held.Count == 0 ? keys : [.. held.Select(static key => key.PublicKey.Fingerprint)];
            audit(new KeyUseFact(KeyOperation.Open, asked, null, use, asker, outcome));
        }

        return new OpeningAnswer(opened, held.Count == 0 ? $"none of the keys {string.Join(", ", keys)} is held to decrypt with" : null);
    }

    private string? RefusalToSign(HeldKey held, HashAlgorithm hash, ReadOnlySpan<byte> digest)
    {
        string? refusal = held.RefusalToSign(clock.GetUtcNow()) ?? AlgorithmPolicy.Default.RefusalOfDataSignature(hash, held.Secret.PublicKey)
            ?? (digest.Length == hash.DigestLength() ? null : "the digest has another length than its function makes");
        return refusal is null ? null : $"the key {held.Fingerprint} does not sign this: {refusal}";
    }

    private ReadingScope Reading() => new(inUse);

    private readonly ref struct ReadingScope
    {
        private readonly ReaderWriterLockSlim held;

        public ReadingScope(ReaderWriterLockSlim held)
        {
            held.EnterReadLock();
            this.held = held;
        }

        public void Dispose() => held.ExitReadLock();
    }
}
