using System.Globalization;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>How commands speak of certificates.</summary>
internal static class KeyWords
{
    /// <summary>Whether it can be used to encrypt, and until when or why not.</summary>
    public static string State(CertificateView view) => view.ForEncryption() switch
    {
        EncryptionVerdict.Unusable unusable => PrintableText.Of(unusable.Reason),
        _ => view.ExpiresAt is { } end ? $"usable until {Day(end)}" : "usable",
    };

    /// <summary>The user ID to call it by.</summary>
    public static string Name(CertificateView view) =>
        PrintableText.Of((view.PrimaryUserId ?? (view.UserIds.Count > 0 ? view.UserIds[0] : null))?.UserId.Text ?? "(no user ID)");

    /// <summary>A key's kind, in the words that gpg uses.</summary>
    public static string Kind(PublicKey key) => key.Material switch
    {
        PublicKeyMaterial.Rsa rsa => string.Create(CultureInfo.InvariantCulture, $"RSA {rsa.Bits}"),
        PublicKeyMaterial.Dsa dsa => string.Create(CultureInfo.InvariantCulture, $"DSA {dsa.Bits}"),
        PublicKeyMaterial.Ecdh ecdh => $"ECDH {ecdh.Curve}",
        PublicKeyMaterial.Ecdsa ecdsa => $"ECDSA {ecdsa.Curve}",
        _ => key.Algorithm.ToString(),
    };

    /// <summary>A hash function's name.</summary>
    public static string Hash(HashAlgorithm hash) => hash switch
    {
        HashAlgorithm.Md5 => "MD5",
        HashAlgorithm.Sha1 => "SHA-1",
        HashAlgorithm.RipeMd160 => "RIPEMD-160",
        _ => hash.ToString(),
    };

    /// <summary>How sure it is that a key is its owner's, in the configuration's word.</summary>
    public static string Trust(KeyTrust trust) => trust switch { KeyTrust.Verified => "verified", _ => "imported" };

    /// <summary>So many of them: "1 key", "2 keys".</summary>
    public static string Count(int number, string thing) => string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");

    /// <summary>A day, in UTC.</summary>
    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
