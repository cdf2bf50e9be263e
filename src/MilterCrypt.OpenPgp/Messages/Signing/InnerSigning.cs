using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>What the signatures inside an encrypted message say.</summary>
internal static class InnerSigning
{
    /// <summary>Begins to sign for these recipients; null where nobody signs.</summary>
    /// <exception cref="ArgumentException">A key can't sign, or there are too many.</exception>
    public static DataSigning? Begin(EncryptionOptions options, IReadOnlyList<EncryptionRecipient> recipients)
    {
        if (options.Signers.Count == 0)
            return null;

        var statements = new SignatureStatements
        {
            Type = options.IsText ? SignatureType.Text : SignatureType.Binary,
            CreatedAt = options.Time.GetUtcNow(),
            SignersUserId = options.SignersUserId,
            IntendedRecipients = options.NamesIntendedRecipients ? IntendedRecipients(recipients) : [],
        };
        return new DataSigning(options.Signers, statements, options.Random);
    }

    // All or none: who is left out of the list takes the message for one that was passed on. Whoever must not be seen to
    // receive it must not be named in what all recipients read.
    private static List<Fingerprint> IntendedRecipients(IReadOnlyList<EncryptionRecipient> recipients)
    {
        var named = recipients.Select(static recipient => recipient.IsAnonymous ? null : recipient.Certificate).ToList();
        var certificates = named.OfType<Fingerprint>().Distinct().ToList();
        bool isWhole = named.TrueForAll(static certificate => certificate is not null);
        return isWhole && certificates.Count <= SignatureStatements.MaxIntendedRecipients ? certificates : [];
    }
}
