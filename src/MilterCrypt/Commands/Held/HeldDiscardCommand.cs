using System.CommandLine;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Held;

/// <summary>`held discard`: deletes what is held, after asking.</summary>
internal static class HeldDiscardCommand
{
    public static Command Create(Option<string> config)
    {
        var ids = HeldPlace.Ids(required: true);
        var yes = new Option<bool>("--yes") { Description = "Doesn't ask" };
        var tell = new Option<bool>("--tell-sender") { Description = "Sends each sender a notice, over `reinject`, before the message is deleted" };
        var command = new Command("discard", "Deletes held messages for good.") { ids, yes, tell };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            parsed.GetRequiredValue(ids),
            parsed.GetValue(yes),
            parsed.GetValue(tell),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string[] ids, bool yes, bool tell, TextWriter output, CancellationToken cancellationToken)
    {
        if (!yes && Console.IsInputRedirected)
            throw new CommandException(ExitCode.Usage, "nobody is there to be asked; --yes deletes without asking");
        await using var workshop = await HeldWorkshop.OpenAsync(file, cancellationToken);
        var injector = tell
            ? workshop.Injector ?? throw new CommandException(ExitCode.Configuration, $"{file}: there is no `reinject`, over which senders are told")
            : null;
        using var alone = HeldPlace.Lock(workshop.Folder);
        var messages = HeldPlace.Find(workshop.Folder, ids);
        foreach (var held in messages)
            await output.WriteLineAsync($"{held.Id}  <{PrintableText.Of(held.Record.Envelope.SenderText)}>  {HeldPlace.Recipients(held)}");
        if (!yes && !Agrees(messages.Count))
        {
            await output.WriteLineAsync("nothing was deleted");
            return ExitCode.No;
        }
        foreach (var held in messages)
        {
            if (injector is not null)
                await HeldNotice.SendAsync(held, injector, cancellationToken);
            workshop.Folder.Remove(held);
        }
        await output.WriteLineAsync($"deleted: {messages.Count}");
        return ExitCode.Ok;
    }

    private static bool Agrees(int messages)
    {
        Console.Error.Write($"Delete {(messages == 1 ? "this message" : $"these {messages} messages")}? [y/N] ");
        return Console.ReadLine() is { } answer && answer.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
