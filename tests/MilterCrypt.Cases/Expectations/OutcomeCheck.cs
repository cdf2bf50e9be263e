using MilterCrypt.Cases.Language;
using MilterCrypt.Cases.Mta;
using MilterCrypt.Milter;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Expectations;

/// <summary>Compares what became of the mail with what a case expects: each delivery once, and nothing else.</summary>
/// <param name="testCase">What is expected.</param>
/// <param name="mta">Of which mail server.</param>
/// <param name="open">Compares what somebody reads of an encrypted message; null where nobody has a key.</param>
public sealed class OutcomeCheck(TextCase testCase, MtaUnderTest mta, Func<Outcome.Delivery, SinkMessage, Task<IEnumerable<string>>>? open)
{
    // What mail servers add where it is missing.
    private static readonly string[] Generated = ["Date", "Message-Id", "From"];

    public async Task<IEnumerable<string>> CompareAsync(Aftermath aftermath)
    {
        var delivered = aftermath.Delivered.ToList();
        var held = aftermath.Held.ToList();
        var differences = new List<string>();
        foreach (var outcome in testCase.Outcomes.Where(outcome => outcome.On.Includes(mta)))
        {
            switch (outcome)
            {
                case Outcome.Bounce bounce:
                    Take(delivered, bounce, m => m.Sender == "" && m.Recipients.SequenceEqual([bounce.To]) && m.Contains(bounce.Says), differences);
                    break;
                case Outcome.Delivery delivery:
                    if (Take(delivery.HeldBecause is null ? delivered : held, delivery, m => IsFor(m, delivery), differences) is { } message)
                    {
                        differences.AddRange(Compare(delivery, message, aftermath.Reasons));
                        if (delivery.IsEncrypted)
                            differences.AddRange(await (open ?? throw new InvalidOperationException($"{delivery.Place}: nobody has a key here"))(delivery, message));
                    }

                    break;
                case Outcome.HandedBack parts when parts.Messages != aftermath.HandedBack:
                    differences.Add($"{parts.Place}: {aftermath.HandedBack} messages were handed back");
                    break;
                default:
                    break;
            }
        }

        differences.AddRange(delivered.Select(message => $"{testCase.File}: also delivered\n  {Envelope(message)}\n{Text(message.Data)}"));
        differences.AddRange(held.Select(message => $"{testCase.File}: also held\n  {Envelope(message)}"));
        return differences;
    }

    private static SinkMessage? Take(List<SinkMessage> messages, Outcome wanted, Predicate<SinkMessage> fits, List<string> differences)
    {
        int found = messages.FindIndex(fits);
        if (found < 0)
        {
            differences.Add($"{wanted.Place}: there is no such message; there is\n  {string.Join("\n  ", messages.Select(Envelope))}");
            return null;
        }

        var message = messages[found];
        messages.RemoveAt(found);
        return message;
    }

    private static bool IsFor(SinkMessage message, Outcome.Delivery delivery) =>
        IsSame(delivery.Sender, message.MailCommand) && delivery.Recipients.Count == message.RcptCommands.Count
        && delivery.Recipients.All(recipient => message.RcptCommands.Any(command => IsSame(recipient, command)));

    // Servers add arguments of their own; those that are named must be there.
    private static bool IsSame(EnvelopeAddress wanted, string command)
    {
        int colon = command.IndexOf(':', StringComparison.Ordinal);
        string path = command[(colon + 1)..].Trim();
        string address = $"<{wanted.Address}>";
        return path.StartsWith(address, StringComparison.Ordinal)
            && wanted.Arguments.All(argument => path[address.Length..].Split(' ').Contains(argument));
    }

    private static IEnumerable<string> Compare(Outcome.Delivery wanted, SinkMessage message, string? reasons)
    {
        if (wanted.HeldBecause is { } reason && reasons?.Contains(reason, StringComparison.Ordinal) == false)
            yield return $"{wanted.Place}: the reason to hold it is not told";

        var actual = ComparedMessage.Of(message);
        if (wanted.Whole is { } bytes && !wanted.IsEncrypted)
        {
            var whole = ComparedMessage.Of(bytes);
            actual = actual.WithoutGenerated(Generated.Where(name => !whole.Has(name)));
            if (!whole.Fields.SequenceEqual(actual.Fields))
                yield return $"{wanted.Place}: the header that is delivered is\n{string.Join('\n', actual.Fields)}\ninstead of\n{string.Join('\n', whole.Fields)}";
            if (!whole.Body.AsSpan().SequenceEqual(actual.Body))
                yield return Differ(wanted.Place, whole.Body, actual.Body);
        }

        if (wanted.Body is { } body && !body.AsSpan().SequenceEqual(actual.Body))
            yield return Differ(wanted.Place, body, actual.Body);
        var names = wanted.Fields.Select(field => field.Split(':')[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var fields = actual.Fields.Where(field => names.Contains(field.Split(':')[0])).ToList();
        if (!fields.SequenceEqual(wanted.Fields))
            yield return $"{wanted.Place}: of these fields there are\n{string.Join('\n', fields)}\ninstead of\n{string.Join('\n', wanted.Fields)}";
        foreach (string name in wanted.MissingFields.Where(actual.Has))
            yield return $"{wanted.Place}: there is a field {name}";
    }

    private static string Differ(Place place, byte[] wanted, byte[] actual)
    {
        int at = wanted.AsSpan().CommonPrefixLength(actual);
        return $"{place}: the body that is delivered differs from byte {at} on ({actual.Length} bytes instead of {wanted.Length}):\n"
            + $"{Text(actual[Math.Max(0, at - 60)..])}\ninstead of\n{Text(wanted[Math.Max(0, at - 60)..])}";
    }

    private static string Text(byte[] bytes) => Escapes.Write(bytes.AsSpan(0, Math.Min(bytes.Length, 1500))).Replace(@"\r\n", "\n", StringComparison.Ordinal);

    private static string Envelope(SinkMessage message) => $"{message.MailCommand} {string.Join(' ', message.RcptCommands)}";
}
