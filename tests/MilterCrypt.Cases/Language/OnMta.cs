using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Language;

/// <summary>The mail servers that a line is about: all, or one kind, or only the real ones, or only the mocks.</summary>
public sealed record OnMta
{
    private readonly string? name;

    private OnMta(string? name) => this.name = name;

    /// <summary>All of them.</summary>
    public static OnMta Any { get; } = new((string?)null);

    public static IReadOnlyList<string> Names { get; } = ["postfix", "sendmail", "mock", "real"];

    public static OnMta? Named(string name) => Names.Contains(name) ? new OnMta(name) : null;

    public bool Includes(MtaUnderTest mta) => name switch
    {
        "postfix" => mta.Kind == MtaKind.Postfix,
        "sendmail" => mta.Kind == MtaKind.Sendmail,
        "mock" => !mta.IsReal,
        "real" => mta.IsReal,
        _ => true,
    };
}
