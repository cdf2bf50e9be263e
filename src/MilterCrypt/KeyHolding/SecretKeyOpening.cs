using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Hops;

namespace MilterCrypt.KeyHolding;

/// <summary>Reads secret keys where the settings say they are, with the passphrase from where the settings say it is.</summary>
internal static class SecretKeyOpening
{
    /// <summary>Reads them, and says in the log which are not used. The passphrase is gone when it returns.</summary>
    /// <exception cref="SecretKeyException">The folder or the passphrase can't be read.</exception>
    public static SecretKeyRing Read(SecretKeySettings settings, TimeProvider clock, ILogger logger)
    {
        using var passphrase = ReadPassphrase(settings.Passphrase);
        var ring = SecretKeyRing.Read(settings.Directory, passphrase);
        bool isGood = false;
        try
        {
            foreach (string unused in ring.Problems)
                logger.KeyNotUsed(unused);
            // As with another passphrase. Without a word mail would leave unsigned; with this it waits.
            if (ring is { Count: 0, Problems: [var problem, ..] })
                throw new SecretKeyException($"none of the keys in {settings.Directory} can be used: {problem}");
            foreach (var key in ring.PrimaryKeysThatSign(clock.GetUtcNow()))
                logger.PrimaryKeySigns(key.ToString());
            isGood = true;
            return ring;
        }
        finally
        {
            if (!isGood)
                ring.Dispose();
        }
    }

    /// <summary>Reads them again, in the place of those that are held; where they can't be read those stay.</summary>
    public static void ReadAgain(SecretKeySettings settings, LocalKeys keys, TimeProvider clock, ILogger logger)
    {
        try
        {
            keys.Replace(Read(settings, clock, logger));
            logger.KeysReadAgain(keys.Count, settings.Directory);
        }
        // All: who reads them again is a loop, which would end, and nobody would hear of new keys any more.
        catch (Exception failure)
        {
            logger.KeysNotReadAgain(failure.Message);
        }
    }

    /// <summary>Reads the passphrase: the caller's to dispose; null where there is none.</summary>
    /// <exception cref="SecretKeyException">It can't be read, or others can read it too.</exception>
    public static Passphrase? ReadPassphrase(SecretSource? source) => source is null ? null
        : Passphrase.TryRead(PathOf(source), out var passphrase, out string? reason) ? passphrase
        : throw new SecretKeyException(reason);

    /// <summary>Reads the keys that the hops know each other by; null where there are none.</summary>
    /// <exception cref="SecretKeyException">One can't be read, or others can read it too.</exception>
    public static HopKeys? ReadHopKeys(IReadOnlyList<SecretSource> sources) => sources.Count == 0 ? null
        : HopKeys.TryRead([.. sources.Select(PathOf)], out var keys, out string? reason) ? keys
        : throw new SecretKeyException(reason);

    private static string PathOf(SecretSource source) => source switch
    {
        SecretSource.File(var path) => path,
        SecretSource.Credential(var name) => SecretFile.CredentialsFolder is { } folder
            ? Path.Combine(folder, name)
            : throw new SecretKeyException($"there is no credential '{name}': systemd hands it over with LoadCredential={name}:/path in the unit"),
        _ => throw new InvalidOperationException($"No path of {source}."),
    };
}
