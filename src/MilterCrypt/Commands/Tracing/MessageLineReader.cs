using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Tracing;

/// <summary>Reads what <see cref="MessageLog"/> writes. Of each kind of line it is known which facts it has and in what order; at most
/// one of them, a reason, is in words that others may have chosen, and it is found by what stands before and behind it. So nobody can
/// write a fact of his own into a line, whatever he calls himself.</summary>
internal static class MessageLineReader
{
    private const string AfterId = ": from=<";

    // The fact in free words has a star.
    private static readonly Dictionary<string, string[]> FactsOf = new(StringComparer.Ordinal)
    {
        ["encrypted"] = ["form", "format", "keys", "signed-by*", "bytes", "bytes-out", "ms"],
        ["unchanged"] = ["reason*", "ms"],
        ["refused"] = ["reply", "reason*", "ms"],
        ["recipient-refused"] = ["reply", "reason*"],
        ["decrypted"] = ["format", "key", "signature", "bytes", "bytes-out", "ms"],
        ["handed-over"] = ["form", "as", "format", "keys", "signed-by*", "perhaps-twice"],
        ["handed-over-before"] = ["form"],
        ["split"] = ["parts", "ms"],
        ["held"] = ["reason*", "as", "keys"],
        ["reduced"] = ["bytes", "bytes-out", "ms"],
        ["aborted"] = ["ms"],
    };

    private static readonly string[] FactsForeseen = ["reply", "reason*"];

    /// <summary>All words for what came of a message, or of a recipient.</summary>
    public static IReadOnlyCollection<string> Outcomes => FactsOf.Keys;

    /// <summary>Reads one.</summary>
    /// <param name="text">What is logged: a line without what stands before the message, such as the time.</param>
    /// <param name="line">What it says; null where it says nothing of a message's fate.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out MessageLine? line)
    {
        line = null;
        int idEnd = text.IndexOf(AfterId, StringComparison.Ordinal);
        if (idEnd <= 0 || text.AsSpan(0, idEnd).IndexOfAny(' ', '<', '>') >= 0)
            return false;
        int senderEnd = text.IndexOf('>', idEnd);
        if (senderEnd < 0)
            return false;
        string rest = text[(senderEnd + 1)..];
        if (!TryTake(ref rest, ", to=") || !TryTakeRecipients(ref rest, out var recipients, out int unnamed))
            return false;
        if (TryTake(ref rest, ", recipients="))
            rest = rest.TrimStart("0123456789".AsSpan()).ToString();
        if (!TryTakeOutcome(ref rest, out string? rule, out string? outcome, out string? foreseen))
            return false;
        var names = foreseen is not null ? FactsForeseen : FactsOf.GetValueOrDefault(outcome);
        if (names is null || !TryReadFacts(rest, names, out var facts))
            return false;

        if (foreseen is not null)
            facts["would-be"] = foreseen;
        line = new MessageLine(text[..idEnd], LogAddress.Read(text[(idEnd + AfterId.Length)..senderEnd]), recipients, outcome)
        {
            Unnamed = unnamed,
            Rule = rule,
            Facts = facts,
        };
        return true;
    }

    /// <summary>Addresses in brackets, a space between two, at last how many more there are.</summary>
    private static bool TryTakeRecipients(ref string rest, out List<string> recipients, out int unnamed)
    {
        recipients = [];
        unnamed = 0;
        while (rest.StartsWith('<'))
        {
            int end = rest.IndexOf('>', StringComparison.Ordinal);
            if (end < 0)
                return false;
            recipients.Add(LogAddress.Read(rest[1..end]));
            rest = rest[(end + 1)..];
            if (rest.StartsWith(" <", StringComparison.Ordinal))
                rest = rest[1..];
        }
        if (TryTake(ref rest, " and "))
        {
            int end = rest.IndexOf(' ', StringComparison.Ordinal);
            if (end < 0 || !int.TryParse(rest.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out unnamed))
                return false;
            rest = rest[end..];
            return TryTake(ref rest, " more");
        }
        return true;
    }

    /// <summary>A rule's name is the administrator's own.</summary>
    private static bool TryTakeOutcome(ref string rest, out string? rule, [NotNullWhen(true)] out string? outcome, out string? foreseen)
    {
        (rule, outcome, foreseen) = (null, null, null);
        if (TryTake(ref rest, ", rule="))
        {
            int done = rest.IndexOf(", outcome=", StringComparison.Ordinal), tried = rest.IndexOf(", would-be=", StringComparison.Ordinal);
            int end = done < 0 ? tried : tried < 0 ? done : Math.Min(done, tried);
            if (end < 0)
                return false;
            (rule, rest) = (rest[..end], rest[end..]);
        }
        bool isForeseen = TryTake(ref rest, ", would-be=");
        if (!isForeseen && !TryTake(ref rest, ", outcome="))
            return false;
        int wordEnd = rest.IndexOf(", ", StringComparison.Ordinal);
        string word = wordEnd < 0 ? rest : rest[..wordEnd];
        rest = rest[word.Length..];
        outcome = isForeseen ? MessageLine.Foreseen : word;
        foreseen = isForeseen ? word : null;
        return true;
    }

    private static bool TryReadFacts(string rest, string[] names, out Dictionary<string, string> facts)
    {
        facts = new Dictionary<string, string>(StringComparer.Ordinal);
        int free = Array.FindIndex(names, static name => name.EndsWith('*'));
        for (int i = names.Length - 1; i > free; i--)
        {
            int start = rest.LastIndexOf($", {names[i]}=", StringComparison.Ordinal);
            if (start < 0)
                return false;
            facts[names[i]] = rest[(start + names[i].Length + 3)..];
            rest = rest[..start];
        }
        for (int i = 0; i <= free; i++)
        {
            string name = names[i].TrimEnd('*');
            if (!TryTake(ref rest, $", {name}="))
                return false;
            int end = i == free ? rest.Length : rest.IndexOf($", {names[i + 1].TrimEnd('*')}=", StringComparison.Ordinal);
            if (end < 0)
                return false;
            facts[name] = rest[..end];
            rest = rest[end..];
        }
        return rest.Length == 0;
    }

    private static bool TryTake(ref string rest, string start)
    {
        if (!rest.StartsWith(start, StringComparison.Ordinal))
            return false;
        rest = rest[start.Length..];
        return true;
    }
}
