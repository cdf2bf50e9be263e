using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Linting;

/// <summary>Subkeys that can't be used.</summary>
internal static class SubkeyFindings
{
    public static IEnumerable<Finding> Of(LintSubject subject)
    {
        if (subject.View.Problem is not null)
            yield break;
        foreach (var subkey in subject.View.Subkeys.Where(static subkey => subkey.Problem is not null))
        {
            // In the life of a certificate keys come and go; what never counted is another matter.
            bool isPast = subkey.IsRevoked || subkey.ExpiresAt <= subject.Now;
            string text = $"subkey {subkey.Key.KeyId}, {KeyWords.Kind(subkey.Key)}: {PrintableText.Of(subkey.Problem!)}";
            yield return isPast
                ? new Finding(FindingLevel.Note, "subkey-past", text)
                : new Finding(FindingLevel.Warning, "subkey-refused", text, subject.IsOwn ? null : "ask the owner what it is for, and for another in its place");
        }
    }
}
