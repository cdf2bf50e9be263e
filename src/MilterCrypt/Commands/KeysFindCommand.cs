using System.CommandLine;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`keys find`: what the filter would use for an address.</summary>
internal static class KeysFindCommand
{
    public static Command Create(Option<string> config)
    {
        var address = new Argument<string>("ADDRESS") { Description = "A mail address" };
        var command = new Command("find", "Says which key would be used for an address; exits with 1 if there is none.") { address };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config), parsed.GetRequiredValue(address), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string text, TextWriter output, CancellationToken cancellationToken)
    {
        var address = KeyNames.Address(text);
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        var candidates = await store.FindAsync(KeyAddress.Of(address), cancellationToken);
        switch (new KeyJudge(AlgorithmPolicy.Default).Judge(candidates, address, TimeProvider.System.GetUtcNow()).Answer)
        {
            case KeyAnswer.Usable usable:
                await output.WriteLineAsync(usable.Certificate.ToString());
                return ExitCode.Ok;
            case KeyAnswer.Unusable unusable:
                await Console.Error.WriteLineAsync($"miltercrypt: the key of {PrintableText.Of(text)} can't be used: {PrintableText.Of(unusable.Reason)}");
                return ExitCode.No;
            default:
                await Console.Error.WriteLineAsync($"miltercrypt: there is no key for {PrintableText.Of(text)}");
                return ExitCode.No;
        }
    }
}
