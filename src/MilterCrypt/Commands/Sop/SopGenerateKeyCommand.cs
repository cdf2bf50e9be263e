using System.CommandLine;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;

namespace MilterCrypt.Commands.Sop;

/// <summary>`sop generate-key`: a new secret key.</summary>
internal static class SopGenerateKeyCommand
{
    public static Command Create()
    {
        var noArmor = SopOptions.NoArmor();
        var password = new Option<string?>("--with-key-password") { Description = "Locks the key", HelpName = "PASSWORD" };
        var profile = new Option<string?>("--profile") { Description = "The key's algorithms: see list-profiles", HelpName = "PROFILE" };
        var signingOnly = new Option<bool>("--signing-only") { Description = "Leaves out the key that others encrypt to" };
        var userIds = SopOptions.Files("USERID", "What its owner is called: Name <address>", ArgumentArity.ZeroOrMore);
        var command = new Command("generate-key", "Writes a new secret key.") { noArmor, password, profile, signingOnly, userIds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var algorithms = SopProfiles.GenerateKey.Find(parsed.GetValue(profile)) switch
            {
                SopProfiles.Rfc9580 => KeyProfile.Rfc9580,
                SopProfiles.Rfc4880 => KeyProfile.Rsa3072,
                _ => KeyProfile.Curve25519,
            };
            using var passwords = SopPasswords.ForWriting(parsed.GetValue(password) is { } name ? [name] : []);
            var options = new KeyGeneration
            {
                Profile = algorithms,
                UserIds = [.. (parsed.GetValue(userIds) ?? []).Distinct(StringComparer.Ordinal)],
                WithEncryption = !parsed.GetValue(signingOnly),
            };
            using var secret = Generate(options);
            if (passwords.Octets is [var octets] && !secret.TrySetPassphrase(octets.Span, new Pgp().Random, out string? reason))
                throw new CommandException(SopExitCode.Unspecified, reason);
            await SopSecrets.WriteAsync([secret], parsed.GetValue(noArmor), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static SecretCertificate Generate(KeyGeneration options)
    {
        try
        {
            return SecretCertificate.Generate(options);
        }
        catch (ArgumentException e)
        {
            throw new CommandException(SopExitCode.BadData, e.Message);
        }
    }
}
