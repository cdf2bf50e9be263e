namespace MilterCrypt.Cases.Expectations;

/// <summary>Compares what the filter was told with what a case expects. What a case says of one kind is all there is of that
/// kind; of kinds that it does not mention it says nothing. The order counts, across kinds, too; macros, which come with
/// every step, are a list of their own.</summary>
internal static class ToldCheck
{
    public static IEnumerable<string> Compare(IEnumerable<Told> expected, IEnumerable<(string Kind, string Text)> actual)
    {
        var all = expected.ToList();
        return CompareInOrder(all.Where(IsMacro), actual).Concat(CompareInOrder(all.Where(line => !IsMacro(line)), actual));
    }

    private static bool IsMacro(Told line) => line.Kind == "MACRO";

    private static IEnumerable<string> CompareInOrder(IEnumerable<Told> expected, IEnumerable<(string Kind, string Text)> actual)
    {
        var told = expected.ToList();
        if (told.Count == 0)
            yield break;
        var kinds = told.Select(line => line.Kind).ToHashSet();
        var wanted = told.Where(line => line.Text is not null).ToList();
        var got = actual.Where(line => kinds.Contains(line.Kind)).ToList();
        for (int i = 0; i < Math.Max(wanted.Count, got.Count); i++)
        {
            string? line = i < got.Count ? Show(got[i]) : null;
            if (i >= wanted.Count)
                yield return $"{told[0].Place.File}: the filter was also told\n  {line}";
            else if (line is null)
                yield return $"{wanted[i].Place}: the filter was not told\n  {Show(wanted[i])}";
            else if (!Matches(wanted[i], got[i]))
                yield return $"{wanted[i].Place}: the filter was told\n  {line}\ninstead of\n  {Show(wanted[i])}";
        }
    }

    // A value that nobody can know beforehand is SOME.
    private static bool Matches(Told wanted, (string Kind, string Text) got)
    {
        if (wanted.Kind != got.Kind)
            return false;
        if (wanted.Kind is "MACRO" or "FIELD" && wanted.Text!.EndsWith(" SOME", StringComparison.Ordinal))
            return got.Text.StartsWith(wanted.Text[..^4], StringComparison.Ordinal) && !got.Text.EndsWith(" NONE", StringComparison.Ordinal);
        return wanted.Text == got.Text;
    }

    private static string Show(Told told) => Show((told.Kind, told.Text!));

    private static string Show((string Kind, string Text) line) =>
        $"{line.Kind} {(line.Text.Length > 2000 ? line.Text[..2000] + "…" : line.Text)}";
}
