using System.Globalization;

namespace MilterCrypt.Configuration;

/// <summary>Something that is wrong with a configuration file.</summary>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column, from 1.</param>
/// <param name="Path">The setting: <c>rules[0].encrypt</c>; empty where it is the file's form.</param>
/// <param name="Message">What is wrong, and what was meant.</param>
internal sealed record ConfigurationProblem(int Line, int Column, string Path, string Message)
{
    /// <summary>One line as compilers and editors have it.</summary>
    public string Format(string file)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{file}:{Line}:{Column}: ");
        return Path.Length == 0 ? place + Message : $"{place}{Path}: {Message}";
    }
}
