using System.CommandLine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`keys show`: a certificate's parts with the verdict on each.</summary>
internal static class KeysShowCommand
{
    public static Command Create(Option<string> config)
    {
        var keys = KeyNames.Argument();
        var command = new Command("show", "Shows a certificate's user IDs and subkeys with the verdict on each.") { keys };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config), parsed.GetRequiredValue(keys), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] names, TextWriter output, CancellationToken cancellationToken)
    {
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        foreach (var stored in await KeyNames.FindAsync(store, names, cancellationToken))
            await output.WriteLineAsync(Describe(stored, StoredPackets.Read(stored).At(now, AlgorithmPolicy.Default)));
        return ExitCode.Ok;
    }

    private static string Describe(StoredCertificate stored, CertificateView view)
    {
        var lines = new List<string>
        {
            stored.Fingerprint.ToString(),
            $"  to encrypt:  {KeyWords.State(view)}",
            $"  primary key: {DescribeKey(view.PrimaryKey)}",
        };
        foreach (var userId in view.UserIds)
            lines.Add($"  user ID:     {PrintableText.Of(userId.UserId.Text)}{Problem(userId.Problem)}");
        foreach (var subkey in view.Subkeys)
            lines.Add($"  subkey:      {subkey.Key.KeyId} {DescribeKey(subkey)}");
        if (stored.Verified.Count > 0)
            lines.Add($"  verified:    {PrintableText.Of(string.Join(", ", stored.Verified.Order(StringComparer.Ordinal)))}");
        lines.Add($"  source:      {PrintableText.Of(stored.Source)}, added {KeyWords.Day(stored.Added)}, updated {KeyWords.Day(stored.Updated)}");
        return string.Join('\n', lines);
    }

    private static string DescribeKey(KeyView key)
    {
        string end = key.ExpiresAt is { } expiry ? $", expires {KeyWords.Day(expiry)}" : "";
        string use = (key.IsForEncryption, key.IsForSigning) switch
        {
            (true, true) => ", encrypts and signs",
            (true, false) => ", encrypts",
            (false, true) => ", signs",
            _ => "",
        };
        return $"version {key.Key.Version}, {KeyWords.Kind(key.Key)}{use}, created {KeyWords.Day(key.Key.CreatedAt)}{end}{Problem(key.Problem)}";
    }

    private static string Problem(string? problem) => problem is null ? "" : $" ({PrintableText.Of(problem)})";
}
