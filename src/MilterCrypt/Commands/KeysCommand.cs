using System.CommandLine;

namespace MilterCrypt.Commands;

/// <summary>`keys`: the key store.</summary>
internal static class KeysCommand
{
    public static Command Create(Option<string> config) => new("keys", "Looks after the key store and one's own keys; a running filter sees changes within a second or two.")
    {
        KeysImportCommand.Create(config),
        KeysListCommand.Create(config),
        KeysShowCommand.Create(config),
        KeysFindCommand.Create(config),
        KeysVerifyCommand.Create(config),
        KeysLintCommand.Create(config),
        KeysExportCommand.Create(config),
        KeysRemoveCommand.Create(config),
        KeysGenerateCommand.Create(config),
        KeysRenewCommand.Create(config),
        KeysRotateCommand.Create(config),
        KeysRevokeCommand.Create(config),
    };
}
