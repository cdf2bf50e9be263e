using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Commands.SecretKeys;

/// <summary>New subkeys in the place of those of one's own certificate. Who holds the secrets reads the new ones when he is told
/// to, and the filter sees the new certificate at once: so the old ones stay good for a while.</summary>
/// <param name="secret">The key, unlocked.</param>
/// <param name="editor">Its editor.</param>
internal sealed class SubkeyRotation(SecretCertificate secret, CertificateEditor editor)
{
    private const KeyUsage Encryption = KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage;

    /// <summary>Adds a subkey for each use that subkeys have now, and has all those end.</summary>
    /// <param name="days">How long they stay good; with none they are revoked as superseded.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="CommandException">There is none in use, or it can't be changed.</exception>
    public string Rotate(int days)
    {
        var now = editor.Now;
        var view = secret.Certificate.At(now, AlgorithmPolicy.Default);
        var present = view.Subkeys.Where(static subkey => subkey.Problem is null && (subkey.IsForEncryption || subkey.IsForSigning)).ToList();
        if (present.Count == 0)
            throw KeyWorkshop.Refused(secret, view.Problem ?? "no subkey that is in use");

        var lines = new List<string>();
        foreach (var use in new[] { KeyUsage.Sign, Encryption })
        {
            var old = present.Where(subkey => (subkey.Usage & use) != 0).ToList();
            if (old.Count == 0)
                continue;
            var added = editor.AddSubkey(old.Aggregate(KeyUsage.None, (all, subkey) => all | (subkey.Usage & use)));
            lines.Add($"  {added.KeyId} in the place of {string.Join(", ", old.Select(static subkey => subkey.Key.KeyId))}");
        }

        lines.Insert(0, $"has {KeyWords.Count(lines.Count, "new subkey")}");
        var end = EndOfOld(view, now.AddDays(days));
        foreach (var old in present)
            End(old, days == 0 ? null : end);
        lines.Add(days == 0
            ? "  what it replaces is revoked: until the reload nothing is signed with this key, and new mail to it is not opened"
            : $"  what it replaces is good until {KeyWords.Day(end)} at the latest: the reload must come before");
        return string.Join('\n', lines);
    }

    /// <summary>Whether newer subkeys do all that one is for: then it is to end when it was said to.</summary>
    public static bool IsSuperseded(KeyView subkey, CertificateView view)
    {
        var newer = view.Subkeys.Where(other => !other.IsRevoked && other.Key.CreatedAt > subkey.Key.CreatedAt)
            .Aggregate(KeyUsage.None, static (all, other) => all | other.Usage);
        return (subkey.Usage & (KeyUsage.Sign | Encryption) & ~newer) == 0;
    }

    // What ends with the certificate is renewed with it: they end before.
    private static DateTimeOffset EndOfOld(CertificateView view, DateTimeOffset wanted) =>
        view.ExpiresAt is { } all && all <= wanted ? all.AddSeconds(-1) : wanted;

    private void End(KeyView old, DateTimeOffset? end)
    {
        string? reason = null;
        bool isDone = end is null
            ? editor.TryRevokeSubkey(old.Key.Fingerprint, RevocationReason.Superseded, "", out reason)
            : old.ExpiresAt <= end || editor.TryExpireSubkeyAt(old.Key.Fingerprint, end, out reason);
        if (!isDone)
            throw KeyWorkshop.Refused(secret, $"subkey {old.Key.KeyId}: {reason}");
    }
}
