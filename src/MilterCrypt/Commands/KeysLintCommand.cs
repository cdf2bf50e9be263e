using System.CommandLine;
using MilterCrypt.Commands.Linting;
using MilterCrypt.Commands.SecretKeys;

namespace MilterCrypt.Commands;

/// <summary>`keys lint`: what is wrong with certificates, or will be, and what to do about it.</summary>
internal static class KeysLintCommand
{
    public static Command Create(Option<string> config)
    {
        var names = new Argument<string[]>("WHAT")
        {
            Description = "A fingerprint or a mail address of the store; a file or folder with certificates, - for standard input; the whole store without it",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Writes a JSON array" };
        var command = new Command("lint", "Says what is wrong with certificates, or will be, and what to do; exits with 1 where something can't be encrypted to.") { names, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetValue(names) ?? [],
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] names, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        await using var linter = new Linter(
            () => ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken),
            await SecretKeyFolder.OwnAsync(file, cancellationToken),
            TimeProvider.System.GetUtcNow());
        int written = 0;
        var counts = new int[(int)FindingLevel.Error + 1];
        foreach (string? name in names.DefaultIfEmpty<string?>(null))
        {
            await foreach (var report in name is null ? linter.AllAsync(cancellationToken) : linter.OfAsync(name, cancellationToken))
            {
                foreach (var finding in report.Findings)
                    counts[(int)finding.Level]++;
                if (asJson)
                    await output.WriteLineAsync((written == 0 ? "[" : ",") + report.Json);
                else
                    await output.WriteLineAsync(report.Text);
                written++;
            }
        }

        if (asJson)
            await output.WriteLineAsync(written == 0 ? "[]" : "]");
        else
            await output.WriteLineAsync(
                $"{KeyWords.Count(counts[(int)FindingLevel.Error], "error")}, {KeyWords.Count(counts[(int)FindingLevel.Warning], "warning")}, "
                + KeyWords.Count(counts[(int)FindingLevel.Note], "note"));
        return counts[(int)FindingLevel.Error] == 0 ? ExitCode.Ok : ExitCode.No;
    }
}
