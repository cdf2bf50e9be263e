namespace MilterCrypt.Cases;

/// <summary>A case is not so: all that was otherwise than its file says.</summary>
public sealed class CaseFailedException(string title, IEnumerable<string> differences)
    : Exception($"{title}\n{string.Join('\n', differences)}\n");
