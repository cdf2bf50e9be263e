using System.CommandLine;
using System.Globalization;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`keys list`: the store, a line a certificate, or as JSON.</summary>
internal static class KeysListCommand
{
    public static Command Create(Option<string> config)
    {
        var json = new Option<bool>("--json") { Description = "Writes a JSON array" };
        var unusable = new Option<bool>("--unusable") { Description = "Only those that can't be used now" };
        var command = new Command("list", "Lists the store: fingerprint, until when or why not it can be used, user ID.") { json, unusable };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetValue(json),
            parsed.GetValue(unusable),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, bool asJson, bool onlyUnusable, TextWriter output, CancellationToken cancellationToken)
    {
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        int written = 0;
        var shared = new SharedAddresses();
        var complaints = new List<string>();
        await foreach (var stored in store.ReadAllAsync(complaints.Add, cancellationToken))
        {
            if (StoredPackets.TryRead(stored) is not { } certificate)
            {
                complaints.Add($"the key store's entry {stored.Fingerprint} can't be read");
                continue;
            }
            var view = certificate.At(now, AlgorithmPolicy.Default);
            shared.Add(stored, view);
            if (onlyUnusable && view.ForEncryption() is EncryptionVerdict.Usable)
                continue;
            if (asJson)
                await output.WriteLineAsync((written == 0 ? "[" : ",") + Json(stored, view));
            else
                await output.WriteLineAsync($"{stored.Fingerprint}  {KeyWords.State(view),-24}  {KeyWords.Name(view)}");
            written++;
        }
        if (asJson)
            await output.WriteLineAsync(written == 0 ? "[]" : "]");
        foreach (string line in complaints.Select(PrintableText.Of).Concat(shared.Lines()))
            await Console.Error.WriteLineAsync($"miltercrypt: {line}");
        return complaints.Count == 0 ? ExitCode.Ok : ExitCode.InputOutput;
    }

    private static string Json(StoredCertificate stored, CertificateView view) => JsonText.OfObject(json =>
    {
        json.WriteString("fingerprint", stored.Fingerprint.ToString());
        json.WriteStartArray("userIds");
        foreach (var userId in view.UserIds)
            json.WriteStringValue(userId.UserId.Text);
        json.WriteEndArray();
        json.WriteStartArray("addresses");
        foreach (string address in stored.Addresses)
            json.WriteStringValue(address);
        json.WriteEndArray();
        json.WriteStartArray("verified");
        foreach (string address in stored.Verified.Order(StringComparer.Ordinal))
            json.WriteStringValue(address);
        json.WriteEndArray();
        json.WriteBoolean("usable", view.ForEncryption() is EncryptionVerdict.Usable);
        json.WriteString("problem", (view.ForEncryption() as EncryptionVerdict.Unusable)?.Reason);
        json.WriteString("created", Iso(view.PrimaryKey.Key.CreatedAt));
        json.WriteString("expires", view.ExpiresAt is { } end ? Iso(end) : null);
        json.WriteString("source", stored.Source);
        json.WriteString("added", Iso(stored.Added));
        json.WriteString("updated", Iso(stored.Updated));
    });

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
