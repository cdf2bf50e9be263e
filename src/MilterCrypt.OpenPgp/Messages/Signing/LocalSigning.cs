using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>Signs by secret keys that are at hand.</summary>
internal static class LocalSigning
{
    /// <param name="pending">What is to be signed.</param>
    /// <param name="keys">The secret keys, in the same order.</param>
    /// <exception cref="ArgumentException">They are others.</exception>
    /// <exception cref="InvalidOperationException">One is locked.</exception>
    public static IReadOnlyList<Signature> Sign(IReadOnlyList<PendingSignature> pending, IReadOnlyList<SecretKey> keys) =>
        keys.Count == pending.Count
            ? [.. pending.Zip(keys, static (signature, key) => signature.Complete(key))]
            : throw new ArgumentException($"{keys.Count} secret keys for {pending.Count} signatures.", nameof(keys));
}
