using System.CommandLine;
using System.Net;
using MilterCrypt.Commands.Explaining;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`explain`: what would become of a message, and why, without one being sent.</summary>
internal static class ExplainCommand
{
    public static Command Create(Option<string> config)
    {
        var from = new Option<string>("--from") { Description = "The envelope sender; '' is the null sender", HelpName = "ADDRESS", Required = true };
        var to = new Option<string[]>("--to") { Description = "An envelope recipient; repeatable", HelpName = "ADDRESS", Required = true };
        var user = new Option<string?>("--user") { Description = "The name under which the sender has authenticated", HelpName = "NAME" };
        var client = new Option<string?>("--client") { Description = "The client's IP address", HelpName = "IP" };
        var tls = new Option<bool>("--tls") { Description = "The client's connection has TLS" };
        var local = new Option<bool>("--local") { Description = "The message is handed in on this machine, by the mail server's sendmail command" };
        var egress = new Option<bool>("--egress") { Description = "The mail server asks behind its queue, where mail leaves" };
        var header = new Option<string[]>("--header") { Description = "A field of the message's header; repeatable", HelpName = "'NAME: VALUE'" };
        var message = new Option<string?>("--message") { Description = "The message itself; - is standard input", HelpName = "FILE" };
        var keys = new Option<string[]>("--keys") { Description = "Files or folders of keys, in place of the key store; repeatable", HelpName = "PATH" };
        var json = new Option<bool>("--json") { Description = "Writes a JSON object" };
        var command = new Command("explain", "Says what would become of a message, for each of its recipients, and why; nothing is sent, signed or opened.")
        {
            from, to, user, client, tls, local, egress, header, message, keys, json,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(config),
            new ExplainOrder(parsed.GetRequiredValue(from), parsed.GetRequiredValue(to))
            {
                User = parsed.GetValue(user),
                Client = parsed.GetValue(client) is { } text ? Client(text) : null,
                Tls = parsed.GetValue(tls),
                IsLocal = parsed.GetValue(local),
                IsEgress = parsed.GetValue(egress),
                Header = parsed.GetValue(header) ?? [],
                Message = parsed.GetValue(message),
                Keys = parsed.GetValue(keys) ?? [],
            },
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, ExplainOrder order, bool asJson, TextWriter output, CancellationToken cancellationToken)
    {
        if (order is { Message: not null, Header.Count: > 0 })
            throw new CommandException(ExitCode.Usage, "--header and --message don't go together: the message has a header");
        if (order is { IsLocal: true } and ({ User: not null } or { Client: not null } or { Tls: true }))
            throw new CommandException(ExitCode.Usage, "--local is a message without an SMTP client: --user, --client and --tls don't go with it");
        var settings = await ConfigurationLoading.LoadAsync(file, cancellationToken);
        if (order is { IsEgress: true, SaysWho: true } && settings.HopKeys.Count == 0)
            throw new CommandException(ExitCode.Usage, "--egress: behind the queue nobody tells who hands a message in, for there is no `hop-key`: --user, --client, --tls and --local don't go with it");
        await using var keys = await KeyLookup.OpenAsync(file, order.Keys, cancellationToken);
        var explanation = await Explainer.ExplainAsync(settings, keys, order, cancellationToken);
        await output.WriteLineAsync(asJson ? ExplanationJson.Of(explanation) : ExplanationText.Of(explanation));
        return ExitCode.Ok;
    }

    private static IPAddress Client(string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new CommandException(ExitCode.Usage, $"--client: '{PrintableText.Of(text)}' is no IP address, such as 192.0.2.1 or 2001:db8::1");
}
