using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Custody.Holder;

namespace MilterCrypt.KeyHolding;

/// <summary>Makes what the daemon asks for signatures and session keys, as the settings say.</summary>
internal static class SecretKeySources
{
    /// <summary>Opens it. A key holder that is not there yet is found when it is first asked.</summary>
    /// <param name="settings">Who has the keys.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="random">Makes session keys for failures.</param>
    /// <param name="logger">Has the audit of keys that the daemon holds itself.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="SecretKeyException">The daemon is to hold the keys, and they can't be read.</exception>
    public static ISecretKeySource Open(SecretKeySettings settings, TimeProvider clock, RandomNumberGenerator random, ILogger logger) =>
        settings.HeldBy switch
        {
            KeyCustody.KeyHolder => new KeyHolderClient(settings.Socket, new KeyHolderClientOptions(), clock),
            KeyCustody.Daemon => new FileKeySource(
                new LocalKeys(SecretKeyOpening.Read(settings, clock, logger), clock, random, KeyAudit.To(logger))),
            var other => throw new InvalidOperationException($"No source for {other}."),
        };
}
