using MilterCrypt.TestSupport;

namespace MilterCrypt.Interop;

/// <summary>Messages as the world has them (tests/cases/mail), each with something that a careless filter would mend.</summary>
public static class OddMail
{
    public static IReadOnlyDictionary<string, byte[]> All { get; } = Directory
        .EnumerateFiles(Repository.PathOf("tests/cases/mail"), "*.eml").Order(StringComparer.Ordinal)
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), File.ReadAllBytes);

    /// <summary>Sendmail hangs up on a CR or LF alone.</summary>
    public static bool IsForPostfixOnly(string name) => name.StartsWith("bare-", StringComparison.Ordinal);
}
