using System.CommandLine;
using System.Security.Cryptography;
using MilterCrypt.Commands.SecretKeys;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`keys generate`: a new key of one's own, its secret in `secret-keys.directory`, its certificate in the key store.</summary>
internal static class KeysGenerateCommand
{
    private static readonly Dictionary<string, KeyProfile> Profiles = new(StringComparer.Ordinal)
    {
        ["default"] = KeyProfile.Curve25519,
        ["rfc9580"] = KeyProfile.Rfc9580,
        ["rfc4880"] = KeyProfile.Rsa3072,
        ["rsa3072"] = KeyProfile.Rsa3072,
    };

    public static Command Create(Option<string> config)
    {
        var address = new Argument<string>("ADDRESS") { Description = "The mail address that it is for" };
        var name = new Option<string?>("--name") { Description = "What its owner is called, before the address", HelpName = "NAME" };
        var profile = new Option<string>("--profile")
        {
            Description = "The algorithms: default (version 4, Curve25519), rfc9580 (version 6, Curve25519; not for GnuPG), rfc4880 or rsa3072 (version 4, RSA)",
            HelpName = string.Join('|', Profiles.Keys),
            DefaultValueFactory = _ => "default",
        };
        profile.AcceptOnlyFromAmong([.. Profiles.Keys]);
        var expires = KeyEnd.Option();
        var replace = new Option<bool>("--replace") { Description = "Lets it take the address over from the key that serves it now" };
        var noStore = KeyWorkshop.NoStore();
        var passphraseFile = KeyWorkshop.PassphraseFile();
        var command = new Command("generate", "Makes a key of one's own: its secret in secret-keys.directory, locked, and its certificate in the key store.")
        {
            address, name, profile, expires, replace, noStore, passphraseFile,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string userId = UserIdOf(parsed.GetRequiredValue(address), parsed.GetValue(name));
            var clock = new StoppedClock(TimeProvider.System.GetUtcNow());
            var end = KeyEnd.Parse(parsed.GetRequiredValue(expires), clock.GetUtcNow());
            await using var own = await KeyWorkshop.OpenAsync(parsed, config, noStore, passphraseFile, cancellationToken);
            using var secret = SecretCertificate.Generate(new KeyGeneration
            {
                Profile = Profiles[parsed.GetRequiredValue(profile)],
                UserIds = [userId],
                Validity = end - clock.GetUtcNow(),
                Time = clock,
            });
            own.Lock(secret);
            var admitted = await own.AdmitAsync(secret.Certificate, parsed.GetValue(replace), cancellationToken);
            string revocation = Write(own.Folder.Path, secret);
            await own.PublishAsync(secret.Certificate, admitted, Done(secret.Certificate, userId, end, own.Passphrase is not null, revocation), cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    // Without a name it is the address alone, as everybody reads it.
    private static string UserIdOf(string address, string? name)
    {
        _ = KeyNames.Address(address);
        string userId = name is null ? address : $"{name} <{address}>";
        return name?.Any(static c => char.IsControl(c) || c is '<' or '>') != true && new OpenPgp.Packets.UserId(System.Text.Encoding.UTF8.GetBytes(userId)).Address == address
            ? userId
            : throw new CommandException(ExitCode.Usage, $"'{PrintableText.Of(userId)}' would be read as another address or as none");
    }

    // For the day on which the secret is lost, or in somebody else's hands.
    private static string Write(string folder, SecretCertificate secret)
    {
        var editor = CertificateEditor.Open(secret, new ChangeOptions(), out string? refusal) ?? throw KeyWorkshop.Refused(secret, refusal);
        string revocation = Path.Combine(folder, $"{secret.Certificate.Fingerprint}.rev");
        byte[] armor = secret.ToArmor();
        try
        {
            SecretFileWriting.Create(Path.Combine(folder, $"{secret.Certificate.Fingerprint}.key"), armor);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(armor);
        }

        SecretFileWriting.Create(revocation, editor.MakeRevocationCertificate(RevocationReason.None, ""));
        return revocation;
    }

    private static string Done(Certificate certificate, string userId, DateTimeOffset? end, bool isLocked, string revocation) => string.Join('\n',
        $"made for {PrintableText.Of(userId)}, {(end is { } time ? $"until {KeyWords.Day(time)}" : "for ever")}{(isLocked ? "" : "; its secrets take no passphrase, since secret-keys.passphrase names none")}",
        $"keep {PrintableText.Of(revocation)} in a safe place: whoever has it can revoke the key, with `miltercrypt keys revoke --with FILE {certificate.Fingerprint}`");

    // So that it ends at the very time that was asked for.
    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
    }
}
