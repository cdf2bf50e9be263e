using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>The layer of a message that is signed before it is encrypted, by secret keys that are at hand.</summary>
/// <param name="form">The signed message.</param>
/// <param name="keys">The secret keys, in the order of the form's.</param>
internal sealed class SigningSink(ISignedForm form, IReadOnlyList<SecretKey> keys) : IOctetSink
{
    /// <summary>Begins to sign for these recipients; null where nobody signs.</summary>
    /// <exception cref="ArgumentException">A key is locked or can't sign, or there are too many.</exception>
    public static DataSigning? Begin(EncryptionOptions options, IReadOnlyList<EncryptionRecipient> recipients)
    {
        if (options.SigningKeys.Count == 0)
            return null;
        if (options.SigningKeys.FirstOrDefault(static key => key.IsLocked) is { } locked)
            throw new ArgumentException($"The key {locked.PublicKey.Fingerprint} is locked.", nameof(options));

        var statements = new SignatureStatements
        {
            Type = options.IsText ? SignatureType.Text : SignatureType.Binary,
            CreatedAt = options.Time.GetUtcNow(),
            SignersUserId = options.SignersUserId,
            IntendedRecipients = IntendedRecipients(recipients),
        };
        return new DataSigning([.. options.SigningKeys.Select(static key => key.PublicKey)], statements, options.Random);
    }

    public void Write(ReadOnlySpan<byte> data) => form.Write(data);

    public void Complete() => form.Complete([.. form.Finish().Zip(keys, static (signature, key) => signature.Complete(key))]);

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
