using System.CommandLine;
using System.Globalization;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Held;

/// <summary>`held show`: all that is known of a held message in clear.</summary>
internal static class HeldShowCommand
{
    public static Command Create(Option<string> config)
    {
        var ids = HeldPlace.Ids(required: true);
        var command = new Command("show", "Shows what is known of a held message: its envelope, who opens it, for whom it is held and why. Its content is opened for nobody.") { ids };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config), parsed.GetRequiredValue(ids), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] ids, TextWriter output, CancellationToken cancellationToken)
    {
        await using var workshop = await HeldWorkshop.OpenAsync(file, cancellationToken);
        var release = workshop.Forecast();
        foreach (var held in HeldPlace.Find(workshop.Folder, ids))
            await output.WriteLineAsync(Describe(held, release));
        return ExitCode.Ok;
    }

    private static string Describe(HeldFile held, HeldRelease release)
    {
        var envelope = held.Record.Envelope;
        var lines = new List<string>
        {
            held.Id,
            string.Create(CultureInfo.InvariantCulture, $"  held:     {held.Record.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {held.Length} octets"),
            $"  queue ID: {PrintableText.Of(held.Record.QueueId)}",
            $"  sender:   <{PrintableText.Of(envelope.SenderText)}> {PrintableText.Of(string.Join(' ', envelope.SenderArguments))}".TrimEnd(),
            $"  client:   {envelope.Client?.ToString() ?? "this host"}, logged in as {PrintableText.Of(envelope.AuthenticatedUser ?? "nobody")}",
            $"  opened by: {string.Join(' ', held.Record.Escrow)}",
        };
        foreach (var (recipient, state, _) in HeldListCommand.Foresee(release, held))
            lines.Add($"  for:      <{PrintableText.Of(recipient.Recipient.Address)}> since {PrintableText.Of(recipient.Reason)} ({PrintableText.Of(recipient.Rule)}); now: {PrintableText.Of(state)}");
        foreach (int place in held.State.Sending)
            lines.Add($"  perhaps sent: <{PrintableText.Of(held.Record.Recipients[place].Recipient.Address)}>: a release did not hear whether the mail server took it");
        return string.Join('\n', lines);
    }
}
