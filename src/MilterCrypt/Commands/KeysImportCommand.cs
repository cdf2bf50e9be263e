using System.CommandLine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Commands;

/// <summary>`keys import`: certificates from files, folders and standard input, all or none.</summary>
internal static class KeysImportCommand
{
    public static Command Create(Option<string> config)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "A file, a folder (all files below it that are called *.asc, *.pgp, *.gpg, *.key, *.pub, *.cert), or - for standard input",
            Arity = ArgumentArity.OneOrMore,
        };
        var keepGoing = new Option<bool>("--keep-going", "-k") { Description = "Takes what can be taken; without it, one bad file keeps all out" };
        var replace = new Option<bool>("--replace") { Description = "Lets what is imported take addresses over from the keys that serve them now" };
        var command = new Command("import", "Takes certificates into the store, and says of each why it can or can't be used and for which addresses it is.") { paths, keepGoing, replace };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetRequiredValue(paths),
            parsed.GetValue(keepGoing),
            parsed.GetValue(replace),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string file, string[] paths, bool keepGoing, bool replace, TextWriter output, CancellationToken cancellationToken)
    {
        var files = KeyFiles.Expand(paths);
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: true, cancellationToken);
        var import = await Progress.RunAsync(
            "reading keys", progress => KeyImport.ReadAsync(files, new KeyAdmission(store, AlgorithmPolicy.Default, replace), progress, TimeProvider.System, cancellationToken));

        foreach (string complaint in import.Complaints)
            await Console.Error.WriteLineAsync($"miltercrypt: {complaint}");
        if (import.Complaints.Count > 0 && !keepGoing)
            throw new CommandException(ExitCode.Data, "nothing was imported; --keep-going takes what can be taken");

        var outcomes = await store.StoreAsync([.. import.Certificates.Select(found => found.Stored)], cancellationToken);
        for (int i = 0; i < outcomes.Count; i++)
            await output.WriteLineAsync($"{Word(outcomes[i]),-9}  {import.Certificates[i].Lines}");
        await output.WriteLineAsync(
            $"added: {outcomes.Count(outcome => outcome == StoreOutcome.Added)}, updated: {outcomes.Count(outcome => outcome == StoreOutcome.Updated)}, "
            + $"unchanged: {outcomes.Count(outcome => outcome == StoreOutcome.Unchanged)}, not taken: {import.Complaints.Count}");
        return import.Complaints.Count == 0 ? ExitCode.Ok : ExitCode.Data;
    }

    private static string Word(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Added => "added",
        StoreOutcome.Updated => "updated",
        _ => "unchanged",
    };
}
