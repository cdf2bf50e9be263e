using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Commands.Linting;

/// <summary>What a certificate says of its owner's software.</summary>
internal static class PreferenceFindings
{
    public static IEnumerable<Finding> Of(LintSubject subject)
    {
        var view = subject.View;
        if (view.Problem is not null)
            yield break;

        var (capabilities, version) = (view.Capabilities, view.PrimaryKey.Key.Version);
        if (version >= 6)
            yield return new Finding(FindingLevel.Note, "version-6", "a version 6 certificate: software from before RFC 9580, and GnuPG, can't read it");
        else if (capabilities.SupportsSeipdV2)
            yield return new Finding(FindingLevel.Note, "version-2-messages", "asks for messages of RFC 9580, which GnuPG can't open");

        if (!capabilities.SupportsSeipdV2 && capabilities.SupportsSeipdV1 != true)
        {
            yield return new Finding(
                FindingLevel.Note, "no-integrity-protection", "does not say that its owner's software reads integrity protection; messages have it all the same",
                subject.Advice("renew", "to renew it with software of today"));
        }

        if (capabilities.Ciphers.Count > 0 && !capabilities.Ciphers.Contains(SymmetricAlgorithm.Aes256) && !capabilities.Ciphers.Contains(SymmetricAlgorithm.Aes128))
        {
            yield return new Finding(
                FindingLevel.Warning, "old-ciphers", "does not name AES among the ciphers that its owner's software reads; messages are written with AES-128",
                "ask the owner whether he can read them");
        }

        if (capabilities.Hashes.Count > 0 && capabilities.Hashes.All(subject.Policy.IsWeak))
        {
            yield return new Finding(
                FindingLevel.Warning, "old-hashes", $"asks for signatures over {string.Join(", ", capabilities.Hashes.Select(KeyWords.Hash))} alone, which are not made",
                "ask the owner whether his software verifies SHA-512");
        }
    }
}
