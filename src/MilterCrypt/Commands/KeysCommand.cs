using System.CommandLine;

namespace MilterCrypt.Commands;

/// <summary>`keys`: the key store.</summary>
internal static class KeysCommand
{
    public static Command Create(Option<string> config) => new("keys", "Looks after the key store; a running filter sees changes within a second or two.")
    {
        KeysImportCommand.Create(config),
        KeysListCommand.Create(config),
        KeysShowCommand.Create(config),
        KeysFindCommand.Create(config),
        KeysExportCommand.Create(config),
        KeysRemoveCommand.Create(config),
    };
}
