using System.Globalization;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Linting;

/// <summary>Whether something can be encrypted to a certificate, and for how long.</summary>
internal static class EncryptionFindings
{
    private const int SoonDays = 30, LaterDays = 90;

    // How many changes are looked at one by one: whoever made a certificate chooses how many there are.
    private const int MaxChanges = 32;

    public static IEnumerable<Finding> Of(LintSubject subject)
    {
        var view = subject.View;
        if (view.ForEncryption() is EncryptionVerdict.Unusable unusable)
        {
            yield return Error(subject, PrintableText.Of(unusable.Reason));
            yield break;
        }

        if (view.ForEncryption() is EncryptionVerdict.Usable { Recipients.Count: var used and > 1 })
        {
            int all = view.Subkeys.Append(view.PrimaryKey).Count(static key => key.IsForEncryption && key.Problem is null);
            yield return all > CertificateView.MaxRecipients
                ? new Finding(FindingLevel.Warning, "many-encryption-keys", $"of {all} keys to encrypt to, the {used} newest are used", "ask the owner to revoke those that he does not use any more")
                : new Finding(FindingLevel.Note, "several-encryption-keys", $"messages are encrypted to each of its {used} keys");
        }

        if (End(subject, static later => later.ForEncryption() is EncryptionVerdict.Unusable no ? no.Reason : null) is { } end)
            yield return Ending(subject, end, "ends", "can't be encrypted to");
        if (subject.IsOwn && CanSign(view) is null && End(subject, CanSign) is { } silence)
            yield return Ending(subject, silence, "signing-ends", "can't sign");
        if (view.ExpiresAt is null)
            yield return new Finding(FindingLevel.Note, "never-expires", "never expires: where its secret is lost, others encrypt to it for ever");
    }

    private static Finding Error(LintSubject subject, string reason)
    {
        var view = subject.View;
        bool isExpired = view.ExpiresAt <= subject.Now
            || view.Subkeys.Any(subkey => subkey.IsForEncryption && subkey.ExpiresAt <= subject.Now && !subkey.IsRevoked);
        return view.PrimaryKey.IsRevoked
            ? new Finding(FindingLevel.Error, "revoked", reason, subject.IsOwn
                ? "`miltercrypt keys generate` makes another"
                : $"ask the owner for the certificate that took its place; `miltercrypt keys remove {subject.Certificate.Fingerprint}` takes this one out")
            : isExpired
                ? new Finding(FindingLevel.Error, "expired", reason, subject.Advice("renew", "for the renewed certificate"))
                : new Finding(FindingLevel.Error, "unusable", reason, subject.IsOwn
                    ? "`miltercrypt keys generate` makes another"
                    : "ask the owner for a certificate without that fault, and import that");
    }

    private static Finding Ending(LintSubject subject, (DateTimeOffset Time, string Reason) end, string code, string what)
    {
        int days = (int)Math.Ceiling((end.Time - subject.Now).TotalDays);
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{what} from {KeyWords.Day(end.Time)} on, in {days} days: {PrintableText.Of(end.Reason)}");
        return days <= SoonDays
            ? new Finding(FindingLevel.Warning, $"{code}-soon", text, subject.Advice("renew", "to renew it"))
            : new Finding(FindingLevel.Note, code, text, subject.Advice("renew", "to renew it"));
    }

    // When something first fails that does not yet, and why.
    private static (DateTimeOffset Time, string Reason)? End(LintSubject subject, Func<CertificateView, string?> problemOf)
    {
        var until = subject.Now.AddDays(LaterDays);
        var view = subject.View;
        for (int i = 0; i < MaxChanges && view.ChangesAt <= until; i++)
        {
            view = subject.Certificate.At(view.ChangesAt.Value, subject.Policy);
            if (problemOf(view) is { } reason)
                return (view.Time, reason);
        }

        return view.ChangesAt <= until && problemOf(subject.Certificate.At(until, subject.Policy)) is { } later ? (until, later) : null;
    }

    private static string? CanSign(CertificateView view)
    {
        var signing = view.Subkeys.Append(view.PrimaryKey).Where(static key => key.IsForSigning).ToList();
        return signing.Exists(static key => key.Problem is null) ? null : view.Problem ?? signing.FirstOrDefault()?.Problem ?? "only for encryption";
    }
}
