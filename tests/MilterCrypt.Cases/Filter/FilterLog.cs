using System.Globalization;
using MilterCrypt.Cases.Expectations;
using MilterCrypt.Cases.Language;
using MilterCrypt.Milter;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Cases.Filter;

/// <summary>What a filter was told, line by line, in the words of TOLD.</summary>
/// <param name="told">What the case expects: only the macros that it names are written down.</param>
public sealed class FilterLog(IEnumerable<Told> told)
{
    private readonly (string Step, string Name)[] macros =
    [
        .. told.Where(line => line is { Kind: "MACRO", Text: not null }).Select(line => line.Text!.Split(' '))
            .Where(words => words.Length >= 2).Select(words => (words[0], words[1])).Distinct(),
    ];

    private readonly List<(string Kind, string Text)> lines = [];
    private int open;

    public IReadOnlyList<(string Kind, string Text)> Lines
    {
        get
        {
            lock (lines)
                return [.. lines];
        }
    }

    /// <summary>Waits until no message is in the filter's hands any more.</summary>
    public Task SettleAsync() => Patience.UntilAsync(() => Volatile.Read(ref open) == 0, () => "the filter still holds a message");

    internal void Begin() => Interlocked.Increment(ref open);

    internal void End() => Interlocked.Decrement(ref open);

    internal void Write(string kind, string text)
    {
        lock (lines)
            lines.Add((kind, text));
    }

    internal void WriteMacros(string step, MilterMacros values)
    {
        foreach (var (_, name) in macros.Where(macro => macro.Step == step))
            Write("MACRO", $"{step} {name} {values[name] ?? "NONE"}");
    }

    internal void WriteParameters(SenderParameters parameters) => WriteParameters(
        ("size", parameters.Size?.ToString(CultureInfo.InvariantCulture)), ("body", parameters.Body?.ToString()),
        ("smtputf8", parameters.SmtpUtf8 ? "yes" : null), ("requiretls", parameters.RequireTls ? "yes" : null),
        ("return", parameters.Return?.ToString()), ("envelope-id", parameters.EnvelopeId), ("author", parameters.Author));

    internal void WriteParameters(RecipientParameters parameters) => WriteParameters(
        ("notify", parameters.Notify?.ToString()),
        ("original", parameters.OriginalRecipient is { } original ? $"{original.Type};{original.Address}" : null));

    private void WriteParameters(params (string Name, string? Value)[] parameters)
    {
        string text = string.Join("; ", parameters.Where(p => p.Value is not null).Select(p => $"{p.Name} {p.Value}"));
        if (text.Length > 0)
            Write("PARAMETERS", Escapes.Write(text));
    }
}
