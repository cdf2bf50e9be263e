using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>An unlocked secret key, and what its certificate lets it do. Owned by its ring.</summary>
internal sealed class HeldKey(JudgedCertificate owner, SecretKey secret)
{
    public SecretKey Secret { get; } = secret;

    /// <summary>Whose it is.</summary>
    public Fingerprint Certificate => owner.Certificate.Certificate.Fingerprint;

    public Fingerprint Fingerprint => Secret.PublicKey.Fingerprint;

    /// <summary>Whether messages may have been encrypted to it.</summary>
    public bool Decrypts { get; } = owner.Certificate.DecryptionKeys.Contains(secret);

    /// <summary>Why it signs no data now, such as "expired 2025-03-01" or "only for encryption", or null where it does.</summary>
    public string? RefusalToSign(DateTimeOffset now)
    {
        var view = owner.ViewOf(Fingerprint, now, out string? problem);
        return problem ?? view.Problem ?? (view.IsForSigning && Secret.CanSign ? null : "it is not for signing data")
            ?? AlgorithmPolicy.Default.RefusalToSign(view.Key);
    }

    /// <summary>Whether it signs data and its own certificate alike: of a digest nobody can tell which it is.</summary>
    public bool IsPrimaryThatSigns(DateTimeOffset now) => !Secret.PublicKey.IsSubkey && RefusalToSign(now) is null;
}
