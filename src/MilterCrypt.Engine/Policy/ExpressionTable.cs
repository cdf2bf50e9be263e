using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>A table of regular expressions as Postfix has it (regexp_table(5)): the first line that matches decides. Texts are
/// other people's, so only expressions are taken that need no more than linear time for them.</summary>
public sealed class ExpressionTable
{
    /// <summary>Lines that a table may have: each is tried for each recipient.</summary>
    public const int MaxLines = 1000;

    private const int MaxLength = 1000;

    private readonly List<(Regex Expression, bool IsNegated, bool IsIn)> lines = [];

    /// <summary>Adds a line while the table is made.</summary>
    /// <param name="expression">The expression, without what it stands between.</param>
    /// <param name="flags">What stands behind it: i, m, x, or several of them.</param>
    /// <param name="isNegated">Whether the line is for what doesn't match.</param>
    /// <param name="isIn">Whether what it is for is in the table.</param>
    /// <param name="reason">What is wrong with it, for the administrator, or null.</param>
    public bool TryAdd(string expression, string flags, bool isNegated, bool isIn, [NotNullWhen(false)] out string? reason)
    {
        reason = lines.Count == MaxLines ? $"there are more than {MaxLines} expressions"
            : expression.Length is 0 or > MaxLength ? $"the expression is empty, or longer than {MaxLength} characters"
            // .NET reads them as something else, without a word.
            : expression.Contains("[:", StringComparison.Ordinal) ? "classes such as [[:digit:]] are not taken: write [0-9]"
            : expression.Contains("\\<", StringComparison.Ordinal) || expression.Contains("\\>", StringComparison.Ordinal) ? "\\< and \\> are not taken: write \\b"
            : flags.Any(static flag => flag is not ('i' or 'm' or 'x')) ? $"there are no flags '{flags}': i, m and x are taken"
            : null;
        if (reason is not null)
            return false;
        try
        {
            lines.Add((new Regex(expression, Options(flags)), isNegated, isIn));
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            reason = e is NotSupportedException
                ? "it refers back, looks around or is too large: it could take for ever"
                : $"it is not a regular expression: {e.Message.Split('\n')[0]}";
            return false;
        }
    }

    /// <summary>Whether a text is in the table.</summary>
    /// <param name="text">An address, a domain or a login name.</param>
    public bool Includes(string text)
    {
        foreach (var (expression, isNegated, isIn) in lines)
        {
            if (expression.IsMatch(text) != isNegated)
                return isIn;
        }
        return false;
    }

    /// <summary>Whether an address is in the table: its local part as given, since to an expression case may count; its domain, to which it
    /// never does, in lower case and as A-labels.</summary>
    public bool Includes(MailAddress address) => Includes(address.Domain.Length == 0 ? address.LocalPart : $"{address.LocalPart}@{address.Domain}");

    // In Postfix i and x turn off what is usual: that case doesn't count, and that the syntax is the extended one, which ours is always.
    private static RegexOptions Options(string flags)
    {
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;
        foreach (char flag in flags)
            options ^= flag == 'i' ? RegexOptions.IgnoreCase : flag == 'm' ? RegexOptions.Multiline : RegexOptions.None;
        return options;
    }
}
