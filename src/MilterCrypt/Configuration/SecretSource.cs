namespace MilterCrypt.Configuration;

/// <summary>Where a secret comes from: never the command line or the environment, which others can see.</summary>
internal abstract record SecretSource
{
    private const string CredentialPrefix = "credential:", FilePrefix = "file:";

    private SecretSource() { }

    /// <summary>What systemd hands over in $CREDENTIALS_DIRECTORY (LoadCredential=).</summary>
    internal sealed record Credential(string Name) : SecretSource;

    /// <summary>A file's whole content, but for one line end after it.</summary>
    internal sealed record File(string Path) : SecretSource;

    /// <summary>Reads <c>credential:NAME</c> or <c>file:/path</c>.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="secret">What the secret is called in a complaint.</param>
    public static SecretSource? Read(SettingCursor setting, string secret)
    {
        if (setting.Text() is not { } text)
            return null;
        string name = text.StartsWith(CredentialPrefix, StringComparison.Ordinal) ? text[CredentialPrefix.Length..] : "";
        if (name.Length > 0 && name is not ("." or "..") && !name.Contains('/', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal))
            return new Credential(name);
        if (text.StartsWith(FilePrefix + "/", StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal))
            return new File(text[FilePrefix.Length..]);
        // Whoever wrote the secret itself here should not find it in a log.
        setting.Complain($"it is neither credential:NAME nor file:/path; the {secret} itself doesn't belong into this file");
        return null;
    }
}
