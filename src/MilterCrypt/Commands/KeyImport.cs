using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>What was found in files of keys.</summary>
/// <param name="Certificates">What can be stored, each with its lines for the report.</param>
/// <param name="Complaints">A line for each thing that is not taken.</param>
internal sealed record KeyImport(IReadOnlyList<(StoredCertificate Stored, string Lines)> Certificates, IReadOnlyList<string> Complaints)
{
    /// <summary>Reads all files, and judges what is in them.</summary>
    /// <param name="files">The files; - is standard input.</param>
    /// <param name="admission">Who decides what is let in; without it, all is.</param>
    /// <param name="progress">Told of each file and each key.</param>
    /// <param name="clock">The time at which keys are judged.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">A file can't be read.</exception>
    public static async Task<KeyImport> ReadAsync(
        IReadOnlyList<string> files, KeyAdmission? admission, Progress progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        var certificates = new List<(StoredCertificate, string)>();
        var complaints = new List<string>();
        progress.Expect(files.Count);
        foreach (string file in files)
        {
            string source = file == "-" ? "standard input" : PrintableText.Of(Path.GetFileName(file));
            var content = await KeyFiles.ReadAsync(file, cancellationToken);
            var now = clock.GetUtcNow();
            var inputs = KeyInput.ReadAll(content, source, now);
            progress.Expect(inputs.Count);
            foreach (var input in inputs)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress.Step();
                if (input is KeyInput.NotTaken notTaken)
                    Complain(file, notTaken.Fingerprint, notTaken.Reason);
                else if (input is KeyInput.Found found && admission is null)
                    certificates.Add((found.Stored, ""));
                else if (input is KeyInput.Found candidate && admission is not null)
                    Take(file, candidate, await admission.DecideAsync(candidate, now, cancellationToken), now);
            }
            progress.Step();
        }
        return new KeyImport(certificates, complaints);

        void Take(string file, KeyInput.Found found, KeyVerdict verdict, DateTimeOffset now)
        {
            if (verdict is KeyVerdict.Refused refused)
                Complain(file, found.Stored.Fingerprint, refused.Reason);
            else if (verdict is KeyVerdict.Admitted admitted)
                certificates.Add((admitted.Certificate, Lines(found, admitted, now)));
        }

        void Complain(string file, Fingerprint? fingerprint, string reason) =>
            complaints.Add($"{PrintableText.Of(file)}: {(fingerprint is null ? "" : $"{fingerprint}: ")}{PrintableText.Of(reason)}");
    }

    // Every address, not just the user ID that the owner puts first: mail to all of them will go to this key.
    private static string Lines(KeyInput.Found found, KeyVerdict.Admitted admitted, DateTimeOffset now)
    {
        var view = found.Certificate.At(now, AlgorithmPolicy.Default);
        string hint = found.Stored.Addresses.Count == 0 ? " (no mail address: never used)" : "";
        var lines = new List<string> { $"{found.Stored.Fingerprint}  {KeyWords.State(view)}{hint}  {KeyWords.Name(view)}" };
        if (admitted.Serves.Count > 0)
            lines.Add($"           serves {PrintableText.Of(string.Join(", ", admitted.Serves))}");
        if (admitted.TakesOver.Count > 0)
            lines.Add($"           takes over {PrintableText.Of(string.Join(", ", admitted.TakesOver))}");
        return string.Join('\n', lines);
    }
}
