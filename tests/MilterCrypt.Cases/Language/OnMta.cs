using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Language;

/// <summary>The mail servers that a line is about: all, or one kind, or only the real ones, or only the mocks.</summary>
public sealed class OnMta
{
    private readonly string[] names;

    private OnMta(string[] names) => this.names = names;

    /// <summary>All of them.</summary>
    public static OnMta Any { get; } = new([]);

    public static IReadOnlyList<string> Names { get; } = ["postfix", "sendmail", "mock", "real"];

    /// <summary>Takes the names off the front of a text: one, or two, such as <c>real postfix</c>.</summary>
    public static OnMta? TakeFrom(ref string text)
    {
        var names = new List<string>();
        while (text.Split([' ', ':'], 2) is [var name, var rest] && Names.Contains(name))
        {
            names.Add(name);
            text = rest;
        }

        return names.Count > 0 ? new OnMta([.. names]) : null;
    }

    public bool Includes(MtaUnderTest mta) => names.All(name => name switch
    {
        "postfix" => mta.Kind == MtaKind.Postfix,
        "sendmail" => mta.Kind == MtaKind.Sendmail,
        "mock" => !mta.IsReal,
        _ => mta.IsReal,
    });
}
