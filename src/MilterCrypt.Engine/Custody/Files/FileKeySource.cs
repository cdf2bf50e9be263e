using System.Security.Cryptography;
using MilterCrypt.Native.LibC;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>Secret keys of this very process. Work is done where it is asked for: a message asks once or twice, and what asks
/// are as many threads as there are cores (docs/decisions/0011).</summary>
/// <param name="held">The keys, which it owns from now on.</param>
public sealed class FileKeySource(LocalKeys held) : ISecretKeySource
{
    /// <inheritdoc/>
    public bool KnowsOwners => true;

    /// <inheritdoc/>
    public ValueTask<bool> HoldsAsync(
        Fingerprint certificate, PublicKey key, KeyOperation operation, CancellationToken cancellationToken) =>
        ValueTask.FromResult(held.Holds(certificate, key.Fingerprint, operation));

    /// <inheritdoc/>
    public ValueTask<Signature> SignAsync(PendingSignature pending, KeyUse use, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var answer = held.Sign(pending.Key.Fingerprint, pending.HashAlgorithm, pending.Digest.Span, use, SocketPeer.Ourselves);
            return answer.Values is { } values
                ? ValueTask.FromResult(pending.Complete(values))
                : throw new SecretKeyException(answer.Refusal!);
        }
        catch (CryptographicException failure)
        {
            throw new SecretKeyException($"the key {pending.Key.Fingerprint} could not sign: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public ValueTask<SessionKey?> OpenAsync(
        SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys, KeyUse use, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var answer = held.Open(
                wanted.Packets, [.. keys.Select(static key => key.Fingerprint)], wanted.PacketVersion, wanted.Cipher, use, SocketPeer.Ourselves);
            return answer.Refusal is { } refusal ? throw new SecretKeyException(refusal) : ValueTask.FromResult(answer.Opened);
        }
        catch (CryptographicException failure)
        {
            throw new SecretKeyException($"a session key could not be opened: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        held.Dispose();
        return ValueTask.CompletedTask;
    }
}
