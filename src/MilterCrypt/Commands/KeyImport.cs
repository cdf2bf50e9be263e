using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Commands;

/// <summary>What was found in files of keys.</summary>
/// <param name="Certificates">What can be stored, each with its line for the report.</param>
/// <param name="Complaints">A line for each thing that is not taken.</param>
internal sealed record KeyImport(IReadOnlyList<(StoredCertificate Stored, string Line)> Certificates, IReadOnlyList<string> Complaints)
{
    /// <summary>Reads all files, and judges what is in them.</summary>
    /// <param name="files">The files; - is standard input.</param>
    /// <param name="progress">Told of each file and each key.</param>
    /// <param name="clock">The time at which keys are judged.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">A file can't be read.</exception>
    public static async Task<KeyImport> ReadAsync(
        IReadOnlyList<string> files, Progress progress, TimeProvider clock, CancellationToken cancellationToken)
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
                if (input is KeyInput.Found found)
                    certificates.Add((found.Stored, Line(found, now)));
                else if (input is KeyInput.NotTaken refused)
                    complaints.Add($"{PrintableText.Of(file)}: {(refused.Fingerprint is { } known ? $"{known}: " : "")}{PrintableText.Of(refused.Reason)}");
            }
            progress.Step();
        }
        return new KeyImport(certificates, complaints);
    }

    private static string Line(KeyInput.Found found, DateTimeOffset now)
    {
        var view = found.Certificate.At(now, AlgorithmPolicy.Default);
        string hint = found.Stored.Addresses.Count == 0 ? " (no mail address: never used)" : "";
        return $"{found.Stored.Fingerprint}  {KeyWords.State(view)}{hint}  {KeyWords.Name(view)}";
    }
}
