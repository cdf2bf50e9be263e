using System.Text;
using MilterCrypt.Cases.Language;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Expectations;

/// <summary>A message in the form in which two are compared.</summary>
/// <param name="Fields">The header's fields, folds and all, as text in the notation of <see cref="Escapes"/>.</param>
/// <param name="Body">The body.</param>
internal sealed record ComparedMessage(IReadOnlyList<string> Fields, byte[] Body)
{
    public static ComparedMessage Of(byte[] message)
    {
        int end = message.AsSpan().StartsWith("\r\n"u8) ? 0 : message.AsSpan().IndexOf("\r\n\r\n"u8) is var at && at < 0 ? message.Length : at + 2;
        var fields = new List<string>();
        foreach (string line in Encoding.Latin1.GetString(message, 0, end).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string text = Escapes.Write(Encoding.Latin1.GetBytes(line));
            if (line[0] is ' ' or '\t' && fields.Count > 0)
                fields[^1] += @"\n" + text;
            else
                fields.Add(text);
        }

        return new ComparedMessage(fields, end + 2 <= message.Length ? message[(end + 2)..] : []);
    }

    /// <summary>A delivered message, without the Received fields that the server put on top of it, and the filter on what it handed back.</summary>
    public static ComparedMessage Of(SinkMessage message)
    {
        var whole = Of(message.Data);
        whole = whole with { Fields = [.. whole.Fields.Where(field => !IsOfTheFilter(field))] };
        int trace = whole.Fields.Select((field, i) => (field, i)).Where(f => f.field.StartsWith("Received: ", StringComparison.Ordinal)
            && f.field.Contains("mx.test.example", StringComparison.Ordinal)).Select(f => f.i).DefaultIfEmpty(-1).First();
        return trace < 0 ? whole : whole with { Fields = [.. whole.Fields.Take(trace), .. whole.Fields.Skip(trace + 1)] };
    }

    private static bool IsOfTheFilter(string field) => IsNamed(field, "Received") && field.Contains("(MilterCrypt)", StringComparison.Ordinal);

    public bool Has(string name) => Fields.Any(field => IsNamed(field, name));

    public ComparedMessage WithoutGenerated(IEnumerable<string> names) =>
        this with { Fields = [.. Fields.Where(field => !names.Any(name => IsNamed(field, name)))] };

    private static bool IsNamed(string field, string name) =>
        field.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase);
}
