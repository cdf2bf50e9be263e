using MilterCrypt.Configuration;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Commands;

/// <summary>What `check` says of the keys that the configuration names by address: without them mail waits or is refused, whoever it is
/// for.</summary>
internal static class NeededKeys
{
    /// <param name="settings">The configuration.</param>
    /// <param name="store">The key store; null where there is none yet.</param>
    /// <param name="report">Where it is said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RunAsync(Settings settings, IKeyStore? store, CheckReport report, CancellationToken cancellationToken)
    {
        foreach (var address in settings.AllChoices.SelectMany(static choices => choices.Escrow ?? []).Distinct())
        {
            if (await WhyNoneAsync(settings, store, address, cancellationToken) is { } reason)
                report.Error($"escrow: {reason}: all mail that is to be encrypted to it as well gets 451 4.3.5; `miltercrypt keys import` takes its key");
        }
        foreach (var alias in settings.Aliases)
        {
            foreach (var reader in alias.KeysOf)
            {
                if (await WhyNoneAsync(settings, store, reader, cancellationToken) is { } reason)
                    report.Warning($"aliases: {reason}: mail to {alias.Address} is treated as without a key; `miltercrypt keys import` takes it");
            }
        }
    }

    private static async Task<string?> WhyNoneAsync(Settings settings, IKeyStore? store, MailAddress address, CancellationToken cancellationToken)
    {
        var answer = await FindAsync(store, address, cancellationToken);
        if (answer is KeyAnswer.NoCertificate && settings.Tags.Without(address) is { } untagged)
            answer = await FindAsync(store, untagged, cancellationToken);
        return answer switch
        {
            KeyAnswer.Usable => null,
            KeyAnswer.Unusable { Reason: var reason } => $"the key of {address} can't be used ({reason})",
            _ => $"no key of {address} is known",
        };
    }

    private static async Task<KeyAnswer> FindAsync(IKeyStore? store, MailAddress address, CancellationToken cancellationToken) => store is null
        ? KeyAnswer.Unknown
        : new KeyJudge(AlgorithmPolicy.Default).Judge(await store.FindAsync(KeyAddress.Of(address), cancellationToken), address, TimeProvider.System.GetUtcNow()).Answer;
}
