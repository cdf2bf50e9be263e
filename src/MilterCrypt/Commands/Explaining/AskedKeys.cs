using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.KeyHolding;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Commands.Explaining;

/// <summary>Asks whoever holds secret keys whether he does, and never has one used. Opened when it is first asked: most messages are
/// not to be signed. Owned by its command.</summary>
internal sealed class AskedKeys(SecretKeySettings settings, TimeProvider clock, RandomNumberGenerator random) : ISecretKeySource
{
    private DaemonKeys? keys;

    /// <summary>Why it could not be asked; null where it could be, or was not.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public bool KnowsOwners => false;

    /// <inheritdoc/>
    public async ValueTask<bool> HoldsAsync(Fingerprint certificate, PublicKey key, KeyOperation operation, CancellationToken cancellationToken)
    {
        try
        {
            keys ??= DaemonKeys.Open(settings, clock, random, NullLogger.Instance, NullLogger.Instance);
            return await keys.Source.HoldsAsync(certificate, key, operation, cancellationToken);
        }
        catch (SecretKeyException e)
        {
            Failure = e.Message;
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<Signature> SignAsync(PendingSignature pending, KeyUse use, CancellationToken cancellationToken) => throw NotUsed();

    /// <inheritdoc/>
    public ValueTask<SessionKey?> OpenAsync(
        SessionKeyRequest wanted, IReadOnlyList<PublicKey> candidates, KeyUse use, CancellationToken cancellationToken) => throw NotUsed();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => keys?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static InvalidOperationException NotUsed() => new("No secret key is used to explain.");
}
