using System.Text;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Interop;

/// <summary>A letter that its sender encrypted before sending it, as Thunderbird makes one.</summary>
internal static class EncryptedLetter
{
    /// <summary>Encrypts a letter.</summary>
    /// <param name="letter">What is encrypted: its Content-* fields and its body.</param>
    /// <param name="from">Who signs it.</param>
    /// <param name="readers">Who can read it.</param>
    /// <returns>The letter as it is sent.</returns>
    public static async Task<Letter> SealAsync(Letter letter, Correspondent from, params Correspondent[] readers)
    {
        string armor = await from.EncryptAsync([.. Encoding.UTF8.GetBytes(letter.ContentFields + "\r\n"), .. letter.Body], readers);
        string body = $"""
            This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)
            --=-sealed
            Content-Type: application/pgp-encrypted
            Content-Description: PGP/MIME version identification

            Version: 1

            --=-sealed
            Content-Type: application/octet-stream; name="encrypted.asc"
            Content-Description: OpenPGP encrypted message
            Content-Disposition: inline; filename="encrypted.asc"

            {armor}
            --=-sealed--

            """;
        return letter with
        {
            OtherFields = letter.OtherFields.Replace($"Alice <{Letter.Sender}>", $"<{from.Address}>", StringComparison.Ordinal),
            ContentFields = "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n boundary=\"=-sealed\"\r\n",
            Body = Encoding.ASCII.GetBytes(body.ReplaceLineEndings("\r\n")),
        };
    }
}
