using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.KeyHolding;
using MilterCrypt.MailServers;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Commands;

/// <summary>What `check` says of all that `serve` could not start without: folders to write into, and secrets to read.</summary>
internal static class StartCheck
{
    public static void Run(Settings settings, CheckReport report)
    {
        if (SpoolCheck.ComplaintOfBoth(settings, DaemonUser(settings)) is { } complaint)
            report.Error(complaint);
        if (settings is { HandsOver: true, Journal.Path: { } journal })
            LookAtJournal(journal, report);
        foreach (var key in settings.HopKeys)
            LookAt("hop-key", key, () => SecretKeyOpening.ReadHopKeys([key])?.Dispose(), report);
        if (settings.SecretKeys is { HeldBy: KeyCustody.Daemon } own)
        {
            if (SecretFile.ComplaintOfFolder(own.Directory) is { } folder && !IsAnothers(own.Directory))
                report.Error($"secret-keys.directory: {folder}");
            if (own.Passphrase is { } passphrase)
                LookAt("secret-keys.passphrase", passphrase, () => SecretKeyOpening.ReadPassphrase(passphrase)?.Dispose(), report);
        }
    }

    /// <summary>As whom `serve` runs: root asks for somebody else, whose folders show who he is.</summary>
    private static uint DaemonUser(Settings settings) =>
        ((IEnumerable<string?>)[settings.Spool.Directory, Path.GetDirectoryName(settings.Journal.Path), settings.Held?.Directory])
            .Where(static folder => folder is not null && IsAnothers(folder))
            .Select(static folder => FileIdentity.Of(folder!)!.Owner)
            .FirstOrDefault(FileIdentity.CurrentUser);

    private static void LookAtJournal(string path, CheckReport report)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (SpoolCheck.Complaint("journal", folder) is { } complaint)
            report.Error(complaint);
        else if (Directory.Exists(path))
            report.Error($"journal: {path} is a folder: it must be a file's name, such as {Path.Combine(path, "journal.db")}");
        else if (File.Exists(path) && !CanWrite(path, out string reason))
            report.Error($"journal: {path} can't be written: {reason}");
    }

    /// <summary>What only another can read, who is not the one who asks, is not wrong for that.</summary>
    private static void LookAt(string setting, SecretSource source, Action read, CheckReport report)
    {
        if (source is SecretSource.Credential { Name: var name } && SecretFile.CredentialsFolder is null)
        {
            report.Add(Finding.Note($"{setting}: the credential '{name}' is there only for the unit that systemd starts, and was not looked at"));
            return;
        }
        if (source is SecretSource.File { Path: var path } && IsAnothers(path))
        {
            string owner = FileIdentity.UserName(FileIdentity.Of(path)!.Owner);
            report.Add(Finding.Note($"{setting}: {path} belongs to {owner}, and was not looked at: `runuser -u {owner} -- miltercrypt check --no-mta` does"));
            return;
        }
        try
        {
            read();
        }
        catch (SecretKeyException e)
        {
            report.Error($"{setting}: {e.Message}: `serve` doesn't start without it");
        }
    }

    /// <summary>Whether root asks about a file of the daemon's user, who alone is to read it.</summary>
    private static bool IsAnothers(string path) => FileIdentity.CurrentUser == 0 && FileIdentity.Of(path) is { Owner: not 0 };

    private static bool CanWrite(string path, out string reason)
    {
        try
        {
            // It may be open in a daemon, which is not to be disturbed.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            reason = "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e.Message;
            return false;
        }
    }
}
