using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Linting;

/// <summary>What is used and weak: keys, and the signatures by which things count.</summary>
internal static class StrengthFindings
{
    public static IEnumerable<Finding> Of(LintSubject subject)
    {
        var view = subject.View;
        foreach (var key in view.Subkeys.Append(view.PrimaryKey).Where(static key => key.Problem is null))
        {
            if (subject.Policy.WeaknessOf(key.Key) is not { } weakness)
                continue;
            var level = key.Key.Material is PublicKeyMaterial.Dsa ? FindingLevel.Warning : FindingLevel.Note;
            yield return new Finding(level, "weak-key", $"{Name(key)} is {weakness}, which is weak", subject.IsOwn
                ? "`miltercrypt keys generate` makes another certificate"
                : "ask the owner for a stronger one, and import that");
        }

        var weak = Statements(view)
            .Where(statement => subject.Policy.IsWeak(statement.Signature.HashAlgorithm))
            .Select(static statement => $"{statement.About} ({KeyWords.Hash(statement.Signature.HashAlgorithm)}, {Made(statement.Signature)})")
            .ToList();
        if (weak.Count > 0)
        {
            yield return new Finding(
                FindingLevel.Warning, "weak-signature", $"counts only because it says that it is old: {string.Join(", ", weak)}",
                subject.Advice("renew", "to renew it, which signs it anew"));
        }
    }

    // What the judgement rests on.
    private static IEnumerable<(string About, Signature Signature)> Statements(CertificateView view)
    {
        if (view.Problem is not null)
            return [];
        var userIds = view.UserIds.Where(static userId => userId.SelfSignature is not null).ToList();
        var subkeys = view.Subkeys.Where(static subkey => subkey.Problem is null).ToList();
        return
        [
            .. view.PrimaryKey.Statements.Where(static signature => signature.Type == SignatureType.DirectKey)
                .Select(static signature => ("direct-key signature", signature)),
            .. userIds.Select(static userId => ($"user ID {PrintableText.Of(userId.UserId.Text)}", userId.SelfSignature!)),
            .. subkeys.SelectMany(static subkey => subkey.Statements.Select(signature => ($"binding of {Name(subkey)}", signature))),
            .. subkeys.Where(static subkey => subkey.BackSignature is not null)
                .Select(static subkey => ($"back signature of {Name(subkey)}", subkey.BackSignature!)),
        ];
    }

    private static string Made(Signature signature) => signature.Facts.CreatedAt is { } time ? KeyWords.Day(time) : "undated";

    private static string Name(KeyView key) => key.Key.IsSubkey ? $"subkey {key.Key.KeyId}" : "the primary key";
}
