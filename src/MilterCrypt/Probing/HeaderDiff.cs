using MilterCrypt.Milter;

namespace MilterCrypt.Probing;

/// <summary>Which fields of a header stayed, went and came, by their longest common subsequence.</summary>
internal static class HeaderDiff
{
    // Above it, what lies between the first and the last difference counts as changed altogether.
    private const long MaxCells = 4_000_000;

    /// <summary>Each field with what became of it: ' ', '-' or '+'.</summary>
    public static IReadOnlyList<(char Mark, HeaderField Field)> Of(IReadOnlyList<HeaderField> before, IReadOnlyList<HeaderField> after)
    {
        int head = 0;
        while (head < before.Count && head < after.Count && Same(before[head], after[head]))
            head++;
        int tail = 0;
        while (tail < before.Count - head && tail < after.Count - head && Same(before[^(tail + 1)], after[^(tail + 1)]))
            tail++;

        var lines = new List<(char, HeaderField)>();
        lines.AddRange(before.Take(head).Select(field => (' ', field)));
        AddMiddle(lines, [.. before.Skip(head).SkipLast(tail)], [.. after.Skip(head).SkipLast(tail)]);
        lines.AddRange(before.TakeLast(tail).Select(field => (' ', field)));
        return lines;
    }

    private static void AddMiddle(List<(char, HeaderField)> lines, HeaderField[] before, HeaderField[] after)
    {
        bool small = (long)before.Length * after.Length <= MaxCells;
        // How many fields can stay from here on.
        int[,] common = new int[small ? before.Length + 1 : 0, small ? after.Length + 1 : 0];
        for (int i = before.Length - 1; small && i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
                common[i, j] = Same(before[i], after[j]) ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        for (int i = 0, j = 0; i < before.Length || j < after.Length;)
        {
            if (small && i < before.Length && j < after.Length && Same(before[i], after[j]))
                (i, j) = Add(lines, ' ', before[i], i + 1, j + 1);
            else if (i < before.Length && (j == after.Length || !small || common[i + 1, j] >= common[i, j + 1]))
                (i, j) = Add(lines, '-', before[i], i + 1, j);
            else
                (i, j) = Add(lines, '+', after[j], i, j + 1);
        }
    }

    private static (int I, int J) Add(List<(char, HeaderField)> lines, char mark, HeaderField field, int i, int j)
    {
        lines.Add((mark, field));
        return (i, j);
    }

    private static bool Same(HeaderField one, HeaderField other) => one.Name == other.Name && one.Value.Span.SequenceEqual(other.Value.Span);
}
