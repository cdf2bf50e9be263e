using System.Collections.Frozen;
using System.CommandLine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`keys verify`: an administrator says that a key is its addresses' owner's, for rules with `minimum-trust: verified`.</summary>
internal static class KeysVerifyCommand
{
    public static Command Create(Option<string> config)
    {
        // All digits of it: who types only its end has not compared it.
        var fingerprint = new Argument<string>("FINGERPRINT") { Description = "The fingerprint that the owner told (40 or 64 hexadecimal digits, with or without blanks)" };
        var addresses = new Argument<string[]>("ADDRESS")
        {
            // Never all at once: whoever has a key can write any address into it.
            Description = "The owner's address; repeatable",
            Arity = ArgumentArity.OneOrMore,
        };
        var withdraw = new Option<bool>("--withdraw") { Description = "Takes it back" };
        var command = new Command("verify", "Says that a key is the owner's of an address in it: that its fingerprint was compared with the one that the owner told.")
        {
            fingerprint, addresses, withdraw,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetRequiredValue(fingerprint),
            parsed.GetRequiredValue(addresses),
            parsed.GetValue(withdraw),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string file, string name, string[] named, bool withdraw, TextWriter output, CancellationToken cancellationToken)
    {
        if (!Fingerprint.TryParse(name.Replace(" ", "", StringComparison.Ordinal), out var fingerprint))
            throw new CommandException(ExitCode.Usage, $"'{PrintableText.Of(name)}' is no fingerprint of 40 or 64 hexadecimal digits");
        string[] wanted = [.. named.Select(static text => KeyAddress.Of(KeyNames.Address(text))).Distinct(StringComparer.Ordinal)];
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        if (await store.FindAsync(fingerprint, cancellationToken) is not { } stored)
            throw new CommandException(ExitCode.NoInput, $"there is no key {fingerprint} in the store");
        if (withdraw)
        {
            bool had = await store.WithdrawTrustAsync(fingerprint, wanted, cancellationToken);
            await output.WriteLineAsync(had ? "withdrawn" : "nothing to withdraw: it was not verified");
            foreach (string address in wanted)
            {
                if (await ServesAsync(store, stored, address, cancellationToken))
                    await output.WriteLineAsync($"it still serves {PrintableText.Of(address)}: `keys verify` of another key, or `keys remove`, changes that");
            }
            return had ? ExitCode.Ok : ExitCode.No;
        }

        var serves = KeyAdmission.Serves(StoredPackets.Read(stored).At(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default));
        if (wanted.FirstOrDefault(address => !serves.Contains(address)) is { } stranger)
            throw new CommandException(ExitCode.Data, $"{fingerprint} can't be used for {PrintableText.Of(stranger)}; `miltercrypt keys show {fingerprint}` says for what it can");

        var takenOver = await TakenOverAsync(store, stored, wanted, cancellationToken);
        await store.StoreAsync([stored with { Verified = wanted.ToFrozenSet(StringComparer.Ordinal), TakenOver = takenOver }], cancellationToken);
        await output.WriteLineAsync($"verified   {fingerprint}  {PrintableText.Of(string.Join(", ", wanted))}");
        if (takenOver.Count > 0)
            await output.WriteLineAsync($"           takes over {PrintableText.Of(string.Join(", ", takenOver.Keys))}");
        return ExitCode.Ok;
    }

    /// <summary>Mail must go to the key that is known to be the owner's, whichever came first.</summary>
    private static async Task<Dictionary<string, int>> TakenOverAsync(
        IKeyStore store, StoredCertificate stored, IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        var takenOver = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string address in addresses)
        {
            if (!await ServesAsync(store, stored, address, cancellationToken))
                takenOver.Add(address, 1 + (await store.FindAsync(address, cancellationToken)).Max(other => KeyPreference.Rank(other, address)));
        }
        return takenOver;
    }

    private static async Task<bool> ServesAsync(IKeyStore store, StoredCertificate stored, string address, CancellationToken cancellationToken) =>
        KeyPreference.Order(await store.FindAsync(address, cancellationToken), address).FirstOrDefault()?.Fingerprint.Equals(stored.Fingerprint) == true;
}
