using System.CommandLine;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Held;

/// <summary>`held release`: sends what is held, to whomever has a key by now, as policy wants it.</summary>
internal static class HeldReleaseCommand
{
    public static Command Create(Option<string> config)
    {
        var ids = HeldPlace.Ids(required: false);
        var all = new Option<bool>("--all-ready") { Description = "All that can go now" };
        var command = new Command("release", "Opens held messages with the escrow's key and sends them as the filter would now; whoever still has no key stays held.") { ids, all };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config), parsed.GetValue(ids) ?? [], parsed.GetValue(all), parsed.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] ids, bool all, TextWriter output, CancellationToken cancellationToken)
    {
        if (all == ids.Length > 0)
            throw new CommandException(ExitCode.Usage, "name messages, or say --all-ready");
        try
        {
            await using var workshop = await HeldWorkshop.OpenAsync(file, cancellationToken);
            var release = workshop.Release(file);
            using var alone = HeldPlace.Lock(workshop.Folder);
            int worst = ExitCode.Ok;
            foreach (var held in all ? Ready(workshop.Folder, release) : HeldPlace.Find(workshop.Folder, ids))
                worst = Math.Max(worst, await ReleaseAsync(release, held, output, cancellationToken));
            return worst;
        }
        catch (SecretKeyException e)
        {
            throw new CommandException(ExitCode.TryAgain, e.Message);
        }
    }

    private static List<HeldFile> Ready(HeldFolder folder, HeldRelease release)
    {
        var ready = new List<HeldFile>();
        foreach (string id in folder.Ids())
        {
            try
            {
                if (folder.Find(id) is { } held && HeldListCommand.Foresee(release, held).Any(static one => one.CanGo))
                    ready.Add(held);
            }
            catch (HoldingException e)
            {
                Console.Error.WriteLine($"miltercrypt: {e.Message}");
            }
        }
        return ready;
    }

    private static async Task<int> ReleaseAsync(HeldRelease release, HeldFile held, TextWriter output, CancellationToken cancellationToken)
    {
        ReleaseResult result;
        try
        {
            result = await release.ReleaseAsync(held, cancellationToken);
        }
        catch (Exception e) when (e is HoldingException or SpoolException)
        {
            await Console.Error.WriteLineAsync($"miltercrypt: {e.Message}");
            return ExitCode.InputOutput;
        }
        foreach (var part in result.Parts)
            await output.WriteLineAsync(Line(held, part));
        foreach (string stays in result.Staying)
            await output.WriteLineAsync($"{held.Id}: still held for {PrintableText.Of(stays)}");
        if (result.Failure is { } failure)
        {
            await Console.Error.WriteLineAsync($"miltercrypt: {held.Id}: {PrintableText.Of(failure)}");
            return ExitCode.TryAgain;
        }
        return result.Staying.Count == 0 ? ExitCode.Ok : ExitCode.No;
    }

    private static string Line(HeldFile held, HandedPart part)
    {
        string to = string.Join(' ', part.Recipients.Select(static one => $"<{PrintableText.Of(one.Address.ToString())}>"));
        string twice = part.PerhapsTwice > 0 ? $"; perhaps twice: {part.PerhapsTwice}" : "";
        return $"{held.Id}: sent to {to} as {PrintableText.Of(part.QueueId ?? "unknown")} ({FormWords.Of(part.Form)}){twice}";
    }
}
