namespace MilterCrypt.MailServers;

/// <summary>Which mail servers to look at.</summary>
/// <param name="PostfixDirectories">Folders with main.cf and master.cf, as the command line names them.</param>
/// <param name="SendmailFiles">The sendmail.cf files that it names.</param>
internal sealed record MailServerChoice(IReadOnlyList<string> PostfixDirectories, IReadOnlyList<string> SendmailFiles)
{
    private const string UsualPostfix = "/etc/postfix", UsualSendmail = "/etc/mail/sendmail.cf";

    /// <summary>Where nothing is named: what is at its usual place.</summary>
    public MailServerChoice OrUsual() => PostfixDirectories.Count + SendmailFiles.Count > 0 ? this : new MailServerChoice(
        File.Exists(Path.Combine(UsualPostfix, "main.cf")) ? [UsualPostfix] : [],
        File.Exists(UsualSendmail) ? [UsualSendmail] : []);
}
