using System.CommandLine;
using MilterCrypt.Commands.Held;

namespace MilterCrypt.Commands;

/// <summary>`held`: messages that are held until there is a key.</summary>
internal static class HeldCommand
{
    public static Command Create(Option<string> config) => new("held", "Looks after messages that are held until there is a key: to be run as the user as whom the filter runs.")
    {
        HeldListCommand.Create(config),
        HeldShowCommand.Create(config),
        HeldReleaseCommand.Create(config),
        HeldDiscardCommand.Create(config),
    };
}
