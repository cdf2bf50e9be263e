using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Engine.Custody;

/// <summary>Uses secret keys for the filter, wherever they are kept; never hands one out. Usable from several threads. Who may
/// ask is not its business: that is decided before it is asked.</summary>
public interface ISecretKeySource : IAsyncDisposable
{
    /// <summary>Whether it has each secret together with its certificate, and so knows whose it is. Anybody can put anybody's encryption
    /// key into a certificate of his own, since that takes no proof.</summary>
    bool KnowsOwners { get; }

    /// <summary>Whether it can use the secret of a certificate's key for something now.</summary>
    /// <param name="certificate">In which the asker has found the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="operation">What for: a holder may have an older copy of the certificate, that doesn't let the key do it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SecretKeyException">It can't be asked now.</exception>
    ValueTask<bool> HoldsAsync(Fingerprint certificate, PublicKey key, KeyOperation operation, CancellationToken cancellationToken);

    /// <summary>Signs, and verifies that before it returns.</summary>
    /// <param name="pending">What is to be signed, by which key.</param>
    /// <param name="use">For whom and what, for the audit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SecretKeyException">There is no signature.</exception>
    ValueTask<Signature> SignAsync(PendingSignature pending, KeyUse use, CancellationToken cancellationToken);

    /// <summary>Opens a message's session key.</summary>
    /// <param name="wanted">The message's packets.</param>
    /// <param name="keys">The keys that may be used for it.</param>
    /// <param name="use">For whom and what, for the audit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where no packet is for any of the keys. Else always a key, the caller's to dispose, be it a random one: see
    /// <see cref="SessionKeyOpener"/>.</returns>
    /// <exception cref="SecretKeyException">Nothing could be tried.</exception>
    ValueTask<SessionKey?> OpenAsync(
        SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys, KeyUse use, CancellationToken cancellationToken);
}
