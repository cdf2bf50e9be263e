namespace MilterCrypt.MailServers.Postfix;

/// <summary>Postfix's lists: elements between commas and blanks, where braces keep together what is between them.</summary>
internal static class PostfixList
{
    /// <summary>The elements; one in braces keeps them.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var elements = new List<string>();
        int start = -1, depth = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ',';
            if (i == text.Length || depth == 0 && (c == ',' || char.IsWhiteSpace(c)))
            {
                if (start >= 0)
                    elements.Add(text[start..i]);
                start = -1;
                continue;
            }
            if (start < 0)
                start = i;
            depth = Math.Max(0, depth + (c == '{' ? 1 : c == '}' ? -1 : 0));
        }
        return elements;
    }

    /// <summary>What is between the braces, where there are some.</summary>
    public static string WithoutBraces(string element) =>
        element.StartsWith('{') && element.EndsWith('}') && element.Length > 1 ? element[1..^1].Trim() : element;
}
