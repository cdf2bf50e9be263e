using System.Buffers;
using System.Text;

namespace MilterCrypt.Engine.Mail;

/// <summary>Brings header fields back into the form in which they travel.</summary>
public static class HeaderFieldWriting
{
    /// <summary>Writes the field with CRLF at its folds and its end. A line break inside the value that isn't a fold
    /// becomes one, so that no value can add a field of its own.</summary>
    public static void WriteTo(this HeaderField field, IBufferWriter<byte> output)
    {
        Encoding.UTF8.GetBytes(field.Name, output);
        output.Write(":"u8);
        var rest = field.Value.Span;
        for (int lineFeed; (lineFeed = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(lineFeed + 1)..])
        {
            output.Write(rest[..lineFeed].TrimEnd((byte)'\r'));
            bool folded = lineFeed + 1 < rest.Length && rest[lineFeed + 1] is (byte)' ' or (byte)'\t';
            output.Write(folded ? "\r\n"u8 : "\r\n "u8);
        }
        output.Write(rest.TrimEnd((byte)'\r'));
        output.Write("\r\n"u8);
    }

    /// <summary>The header as it is after the changes.</summary>
    public static IReadOnlyList<HeaderField> Apply(this IReadOnlyList<HeaderChange> changes, IReadOnlyList<HeaderField> header)
    {
        var fields = header.Select(HeaderField? (field) => field).ToList();
        var above = new List<HeaderField>();
        foreach (var change in changes)
        {
            switch (change)
            {
                case HeaderChange.Replace replace:
                    fields[replace.Field] = header[replace.Field] with { Value = replace.Value };
                    break;
                case HeaderChange.Delete delete:
                    fields[delete.Field] = null;
                    break;
                case HeaderChange.Add add:
                    fields.Add(new HeaderField(add.Name, add.Value));
                    break;
                case HeaderChange.Prepend prepend:
                    above.Add(new HeaderField(prepend.Name, prepend.Value));
                    break;
            }
        }
        return [.. above, .. fields.OfType<HeaderField>()];
    }
}
