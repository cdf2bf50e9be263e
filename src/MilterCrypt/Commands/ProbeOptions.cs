using System.CommandLine;
using System.Globalization;
using System.Net;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Probing;

namespace MilterCrypt.Commands;

/// <summary>What `probe` can be told.</summary>
internal sealed class ProbeOptions
{
    private const int MaxCount = 1000;
    private const int MaxSeconds = 86_400;

    private readonly Argument<string> address = new("ADDRESS")
    {
        Description = "Where the milter listens: unix:/path, local:/path, inet:host:port, inet:port@host",
    };

    private readonly Option<string> mta = new("--as") { Description = "Whose habits to show: postfix or sendmail", HelpName = "MTA", DefaultValueFactory = _ => "postfix" };
    private readonly Option<uint> version = new("--version") { Description = "The protocol's version to offer, from 2 to 6", HelpName = "N", DefaultValueFactory = _ => 6 };
    private readonly Option<string> from = new("--from") { Description = "MAIL FROM, with ESMTP arguments if need be; '' is the null sender", HelpName = "ADDRESS", DefaultValueFactory = _ => "sender@example.org" };
    private readonly Option<string[]> to = new("--to") { Description = "RCPT TO, in the same manner; repeatable", HelpName = "ADDRESS", DefaultValueFactory = _ => ["recipient@example.net"] };
    private readonly Option<string?> client = new("--client") { Description = "The SMTP client's address", HelpName = "ADDRESS[:PORT]" };
    private readonly Option<string?> helo = new("--helo") { Description = "What the client calls itself", HelpName = "NAME" };
    private readonly Option<string?> user = new("--user") { Description = "The name under which the client has authenticated", HelpName = "NAME" };
    private readonly Option<bool> local = new("--local") { Description = "Shows what Postfix shows of a message that its sendmail command took" };
    private readonly Option<string[]> macro = new("--macro") { Description = "A macro's value, in place of what the MTA would tell; repeatable", HelpName = "NAME=VALUE" };
    private readonly Option<int> count = new("--count") { Description = "Shows the message so many times over the same connection", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<int> timeout = new("--timeout") { Description = "Gives up after so many seconds", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };

    /// <summary>The message's file.</summary>
    public Argument<string?> File { get; } = new("FILE")
    {
        Description = "The message; - is standard input, without it there is a small test message",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Where the resulting message goes.</summary>
    public Option<string?> Output { get; } = new("--output")
    {
        Description = "Writes the resulting message to a file; - is standard output, and the report goes to standard error",
        HelpName = "FILE",
    };

    /// <summary>Whether frames are shown.</summary>
    public Option<bool> Trace { get; } = new("--trace") { Description = "Prints each frame, both ways" };

    /// <summary>Makes the command know them.</summary>
    public void AddTo(Command command)
    {
        mta.AcceptOnlyFromAmong("postfix", "sendmail");
        version.AcceptOnlyFromAmong("2", "3", "4", "5", "6");
        foreach (Argument argument in new Argument[] { address, File })
            command.Add(argument);
        foreach (Option option in new Option[] { mta, version, from, to, client, helo, user, local, macro, count, timeout, Output, Trace })
            command.Add(option);
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="CommandException">They make no sense.</exception>
    public ProbeOrder Read(ParseResult parsed)
    {
        if (!MilterEndpoint.TryParse(parsed.GetRequiredValue(address), out var endpoint, out string? error))
            throw Misuse(error);
        if (endpoint is MilterEndpoint.Systemd)
            throw Misuse($"'{endpoint}' is a name between systemd and a filter; give the address itself, such as unix:/path");
        var habits = parsed.GetRequiredValue(mta) == "sendmail" ? MtaHabits.Sendmail : MtaHabits.Postfix;
        var order = new ProbeOrder(
            endpoint,
            habits.Speaking(parsed.GetValue(version)),
            Path(parsed.GetRequiredValue(from)),
            [.. parsed.GetRequiredValue(to).Select(Path)])
        {
            Client = parsed.GetValue(client) is { } text ? Client(text) : null,
            Helo = parsed.GetValue(helo),
            User = parsed.GetValue(user),
            IsLocal = parsed.GetValue(local),
            Macros = Macros(parsed.GetValue(macro) ?? []),
            Count = Within(parsed, count, MaxCount),
            Timeout = TimeSpan.FromSeconds(Within(parsed, timeout, MaxSeconds)),
        };
        if (order.IsLocal && (habits == MtaHabits.Sendmail || order.Client is not null || order.Helo is not null || order.User is not null || order.Count > 1))
            throw Misuse("--local is what Postfix shows of one message without an SMTP client: --as sendmail, --client, --helo, --user and --count don't go with it");
        return order;
    }

    private static int Within(ParseResult parsed, Option<int> option, int most)
    {
        int number = parsed.GetValue(option);
        return number >= 1 && number <= most
            ? number
            : throw Misuse(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: {number} is not from 1 to {most}"));
    }

    // The address goes into brackets, unless it has them; what is behind it are ESMTP arguments.
    private static string Path(string text)
    {
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string bare = parts.Length > 0 ? parts[0] : "";
        return string.Join(' ', parts.Skip(1).Prepend(bare.StartsWith('<') ? bare : $"<{bare}>"));
    }

    private static IPEndPoint Client(string text) => IPEndPoint.TryParse(text, out var endpoint)
        ? endpoint
        : throw Misuse($"--client: '{text}' is no address, such as 192.0.2.1, 192.0.2.1:25 or [2001:db8::1]:25");

    private static Dictionary<string, string> Macros(string[] texts)
    {
        var macros = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : text[..equals].Trim('{', '}');
            if (name.Length == 0)
                throw Misuse($"--macro: '{text}' is not NAME=VALUE");
            // Names of several letters are told in braces.
            macros[name.Length == 1 ? name : $"{{{name}}}"] = text[(equals + 1)..];
        }
        return macros;
    }

    private static CommandException Misuse(string message) => new(ExitCode.Usage, message);
}
