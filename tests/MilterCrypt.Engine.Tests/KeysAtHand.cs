using System.Security.Cryptography;
using MilterCrypt.Engine.Custody;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Engine.Tests;

/// <summary>A holder of secret keys that notes what it was asked, and can be out of reach.</summary>
internal sealed class KeysAtHand(params IReadOnlyList<SecretCertificate> certificates) : ISecretKeySource
{
    /// <summary>Why it can't be asked, or null.</summary>
    public string? OutOfReach { get; set; }

    public bool KnowsOwners { get; set; } = true;

    /// <summary>Each use, in its order.</summary>
    public List<KeyUse> Uses { get; } = [];

    public ValueTask<bool> HoldsAsync(Fingerprint certificate, PublicKey key, KeyOperation operation, CancellationToken cancellationToken)
    {
        Reach();
        return ValueTask.FromResult(certificates.Any(
            owner => (!KnowsOwners || owner.Certificate.Fingerprint.Equals(certificate)) && owner.Keys.Any(own => own.PublicKey.Fingerprint.Equals(key.Fingerprint))));
    }

    public ValueTask<Signature> SignAsync(PendingSignature pending, KeyUse use, CancellationToken cancellationToken)
    {
        Reach();
        Uses.Add(use);
        var keys = certificates.SelectMany(certificate => certificate.Keys);
        return ValueTask.FromResult(pending.Complete(keys.First(key => key.PublicKey.Fingerprint.Equals(pending.Key.Fingerprint))));
    }

    public ValueTask<SessionKey?> OpenAsync(
        SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys, KeyUse use, CancellationToken cancellationToken)
    {
        Reach();
        Uses.Add(use);
        var usable = certificates.SelectMany(certificate => certificate.Keys)
            .Where(key => keys.Any(named => named.Fingerprint.Equals(key.PublicKey.Fingerprint)));
        return ValueTask.FromResult(SessionKeyOpener.Open(
            wanted.Packets, [.. usable], wanted.PacketVersion, wanted.Cipher, RandomNumberGenerator.Create()));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Reach()
    {
        if (OutOfReach is { } reason)
            throw new SecretKeyException(reason);
    }
}
