using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>The folder `secret-keys.directory`, whose files hold secret keys.</summary>
/// <param name="path">Where it is.</param>
internal sealed class SecretKeyFolder(string path)
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <summary>The certificates whose secrets are in the configuration's folder; none where that can't be looked at.</summary>
    public static async Task<IReadOnlySet<Fingerprint>> OwnAsync(string file, CancellationToken cancellationToken)
    {
        var own = new HashSet<Fingerprint>();
        if (await ConfigurationFile.ReadAsync(file, cancellationToken) is not ConfigurationResult.Loaded { Settings.SecretKeys: { HeldBy: not KeyCustody.GpgAgent } settings })
            return own;
        try
        {
            foreach (string name in SecretKeyFiles.In(settings.Directory))
            {
                using var secrets = Read(name, out _);
                own.UnionWith(secrets?.Secrets.Select(static secret => secret.Certificate.Fingerprint) ?? []);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Who may not see it owns nothing of it.
        }

        return own;
    }

    /// <summary>The file with the secret keys that a name means: a fingerprint, or an address that one certificate has. Of files that
    /// can't be read a warning tells: somebody else's key may be in them.</summary>
    /// <exception cref="CommandException">There is none, or more than one, or the folder can't be read.</exception>
    public (SecretKeyFile File, SecretCertificate Secret) Find(string name)
    {
        var matches = Matching(name);
        var found = new List<(SecretKeyFile File, SecretCertificate Secret)>();
        foreach (string file in Files())
        {
            if (Read(file, out string? reason) is not { } secrets)
            {
                Console.Error.WriteLine($"miltercrypt: {PrintableText.Of(file)} can't be read, and is left out: {PrintableText.Of(reason!)}");
                continue;
            }

            var fitting = secrets.Secrets.Where(secret => matches(secret.Certificate)).ToList();
            found.AddRange(fitting.Select(secret => (secrets, secret)));
            if (fitting.Count == 0)
                secrets.Dispose();
        }

        if (found is [var only])
            return only;
        foreach (var (file, _) in found)
            file.Dispose();
        throw new CommandException(ExitCode.NoInput, found.Count == 0
            ? $"in {PrintableText.Of(Path)} there is no secret key for '{PrintableText.Of(name)}'"
            : $"in {PrintableText.Of(Path)} there are several secret keys for '{PrintableText.Of(name)}': "
                + string.Join(", ", found.Select(static one => one.Secret.Certificate.Fingerprint)));
    }

    private static Func<Certificate, bool> Matching(string name)
    {
        if (Fingerprint.TryParse(name, out var fingerprint))
            return certificate => certificate.Fingerprint.Equals(fingerprint);
        string address = KeyAddress.Of(KeyNames.Address(name));
        return certificate => StoredPackets.Addresses(certificate.UserIds.Select(static userId => userId.UserId)).Contains(address, StringComparer.Ordinal);
    }

    private static SecretKeyFile? Read(string file, out string? reason)
    {
        reason = null;
        try
        {
            return SecretKeyFile.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e.Message;
            return null;
        }
    }

    private IReadOnlyList<string> Files()
    {
        try
        {
            return SecretKeyFiles.In(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"secret-keys.directory {PrintableText.Of(Path)} can't be read: {e.Message}");
        }
    }
}
