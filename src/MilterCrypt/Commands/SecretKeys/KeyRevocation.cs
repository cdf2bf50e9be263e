using MilterCrypt.Engine.Keys;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>Revokes certificates of the key store with revocations that were made beforehand: no secret is needed.</summary>
internal static class KeyRevocation
{
    private const int MaxOctets = 1 << 20;

    /// <summary>Applies a revocation to the one certificate that is named.</summary>
    /// <exception cref="CommandException">It is another key's, or several are named.</exception>
    public static async Task<int> ApplyAsync(string config, string[] names, string file, TextWriter output, CancellationToken cancellationToken)
    {
        await using var store = await ConfigurationLoading.OpenStoreAsync(config, create: false, cancellationToken);
        if (await KeyNames.FindAsync(store, names, cancellationToken) is not [var stored])
            throw new CommandException(ExitCode.Usage, "a revocation is for one key: name it by its fingerprint");

        var revocation = await InputReading.ReadFileAsync(file, MaxOctets, cancellationToken);
        if (!StoredPackets.Read(stored).TryRevoke(revocation, out var revoked, out string? reason))
            throw new CommandException(ExitCode.Data, $"{PrintableText.Of(file)}: {reason}");
        var now = TimeProvider.System.GetUtcNow();
        await store.StoreAsync([StoredPackets.Of(revoked, stored.Source, now)], cancellationToken);
        await output.WriteLineAsync($"{stored.Fingerprint}  is revoked for ever");
        return ExitCode.Ok;
    }
}
