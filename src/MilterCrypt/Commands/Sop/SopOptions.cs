using System.CommandLine;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>Options and arguments that several commands have.</summary>
internal static class SopOptions
{
    public static Option<bool> NoArmor() => new("--no-armor") { Description = "Writes binary" };

    public static Option<string[]> KeyPassword() => Repeatable("--with-key-password", "Unlocks secret keys; repeatable", "PASSWORD");

    public static Option<string> As(params string[] kinds) => new("--as")
    {
        Description = $"What the data is: {string.Join(", ", kinds)}",
        HelpName = string.Join('|', kinds),
        DefaultValueFactory = _ => kinds[0],
    };

    /// <summary>An option that may be given several times, each with one value.</summary>
    public static Option<string[]> Repeatable(string name, string description, string value) => new(name) { Description = description, HelpName = value };

    /// <summary>An option that names something to be written.</summary>
    public static Option<string?> Out(string name, string description, string value) => new(name) { Description = description, HelpName = value };

    public static Argument<string[]> Files(string name, string description, ArgumentArity arity) => new(name) { Description = description, Arity = arity };

    /// <summary>The value of an option that knows a few.</summary>
    /// <exception cref="CommandException">It is another.</exception>
    public static string OneOf(ParseResult parsed, Option<string> option, params ReadOnlySpan<string> known)
    {
        string value = parsed.GetValue(option)!;
        return known.Contains(value)
            ? value
            : throw new CommandException(SopExitCode.UnsupportedOption, $"{option.Name}={PrintableText.Of(value)}: one of {string.Join(", ", known!)}");
    }

    /// <summary>How lines of armor end; null for binary.</summary>
    public static LineEnding? Armor(ParseResult parsed, Option<bool> noArmor) => parsed.GetValue(noArmor) ? null : LineEnding.Lf;
}
