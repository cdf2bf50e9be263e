using System.Text;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>Puts lines together to fields (RFC 5322 §2.2.3) and hands each on when it is whole: its name, and its value with one
/// blank for each run of white space. A field that is too long is left out. Bounded memory.</summary>
/// <param name="take">Takes a field.</param>
internal sealed class FieldLines(Action<string, string> take)
{
    /// <summary>Mail to some two hundred people has so long a To field.</summary>
    internal const int MaxField = 8 * 1024;

    private readonly StringBuilder value = new();
    private string? name;
    private bool isTooLong;

    /// <summary>Takes a line that is not empty.</summary>
    /// <param name="line">Its bytes, without its end.</param>
    /// <param name="isWhole">Whether these are all of them.</param>
    /// <returns>False where it is no line of a field.</returns>
    internal bool Add(ReadOnlySpan<byte> line, bool isWhole)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            if (name is null)
                return false;
            AddValue(line, isWhole);
            return true;
        }

        End();
        int colon = line.IndexOf((byte)':');
        var before = colon < 0 ? default : line[..colon].TrimEnd(" \t"u8);
        if (before.IsEmpty || before.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
            return false;
        name = Encoding.ASCII.GetString(before);
        AddValue(line[(colon + 1)..], isWhole);
        return true;
    }

    /// <summary>The last field has ended.</summary>
    internal void End()
    {
        if (name is not null && !isTooLong)
            take(name, string.Join(' ', value.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)));
        name = null;
        isTooLong = false;
        value.Clear();
    }

    private void AddValue(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        isTooLong |= !isWhole || value.Length + bytes.Length > MaxField;
        if (!isTooLong)
            value.Append(' ').Append(Encoding.UTF8.GetString(bytes));
    }
}
