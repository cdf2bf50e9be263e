using System.Text;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Engine.Tests;

/// <summary>PGP/MIME messages as mail programs make them.</summary>
internal static class EncryptedLetter
{
    public const string Header = "Received: from somewhere\nFrom: Sam <sam@partner.example>\nTo: alice@example.org\nSubject: ...\nMIME-Version: 1.0\n"
        + "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\n boundary=\"b\"\nContent-Language: en\nX-Last: outside\n";

    public const string Control = "--b\nContent-Type: application/pgp-encrypted\nContent-Description: PGP/MIME version identification\n\nVersion: 1\n\n";

    public const string Data = "--b\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\nContent-Description: OpenPGP encrypted message\n"
        + "Content-Disposition: inline; filename=\"encrypted.asc\"\n\n";

    /// <summary>What is encrypted, with protected header fields, as Thunderbird does.</summary>
    public const string Inner = "Content-Type: multipart/mixed; boundary=\"inner\";\r\n protected-headers=\"v1\"\r\nFrom: Mallory <mallory@evil.example>\r\n"
        + "Subject: the real subject\r\nContent-Language: de\r\nX-Inner: inside\r\n\r\n" + InnerBody;

    public const string InnerBody = "--inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nthe eagle lands at midnight\r\n\r\n--inner--\r\n";

    /// <summary>Encrypts.</summary>
    public static async Task<string> ArmorAsync(
        byte[] entity, IReadOnlyList<Certificate> recipients, IReadOnlyList<SecretCertificate>? signers = null, TimeProvider? clock = null)
    {
        using var armor = new MemoryStream();
        var pgp = new Pgp { Clock = clock ?? TimeProvider.System };
        await pgp.EncryptAsync(new MemoryStream(entity), armor, recipients, signers ?? [], TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(armor.ToArray());
    }

    public static async Task<Letter> ForAsync(params SecretCertificate[] recipients) =>
        Around(await ArmorAsync(Encoding.UTF8.GetBytes(Inner), [.. recipients.Select(recipient => recipient.Certificate)]));

    public static async Task<Letter> ForAsync(SecretCertificate recipient, byte[] entity) => Around(await ArmorAsync(entity, [recipient.Certificate]));

    public static Letter Around(string armor) => Letter.Read(Header + "\n" + Control + Data + armor + "\n--b--\n");
}
