namespace MilterCrypt.Milter.Wire;

/// <summary>ESMTP arguments by their keywords, whose case means nothing (RFC 5321 §4.1.1.11).</summary>
internal readonly struct ArgumentList(IReadOnlyList<string> arguments)
{
    /// <summary>The value of a keyword; null where it is missing, has none, or comes twice.</summary>
    public string? this[string keyword] =>
        Find(keyword) is { } found && found.Length > keyword.Length ? found[(keyword.Length + 1)..] : null;

    /// <summary>Whether a keyword is there, once and without a value.</summary>
    public bool HasFlag(string keyword) => Find(keyword)?.Length == keyword.Length;

    private string? Find(string keyword)
    {
        string? found = null;
        foreach (string argument in arguments)
        {
            if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)
                || (argument.Length > keyword.Length && argument[keyword.Length] != '='))
                continue;
            if (found is not null)
                return null;
            found = argument;
        }

        return found;
    }
}
