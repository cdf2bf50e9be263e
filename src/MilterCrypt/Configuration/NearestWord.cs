namespace MilterCrypt.Configuration;

/// <summary>Guesses which word was meant.</summary>
internal static class NearestWord
{
    /// <summary>The candidate that is at most two typing slips away, or that begins the same; null where there is none.</summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        // Nothing that we know is longer, and the comparison is quadratic.
        if (word.Length is 0 or > 40)
            return null;
        var (best, distance) = candidates
            .Select(candidate => (candidate, Distance(word.ToLowerInvariant(), candidate)))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Min(2, best.Length - 1) ? best : null;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (Damerau, Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        int[,] cost = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= other.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= one.Length; i++)
        {
            for (int j = 1; j <= other.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[one.Length, other.Length];
    }
}
