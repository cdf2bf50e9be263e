using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Finds when a certificate's judgement may change, without judging: every date that is written in it.</summary>
internal static class CertificateCalendar
{
    /// <summary>The first date after <paramref name="time"/>, or null where none is left. Some dates change nothing;
    /// asking again once too often does no harm.</summary>
    public static DateTimeOffset? NextChange(Certificate certificate, DateTimeOffset time)
    {
        DateTimeOffset? next = null;
        foreach (var date in Dates(certificate))
        {
            if (date > time && (next is null || date < next))
                next = date;
        }

        return next;
    }

    private static IEnumerable<DateTimeOffset> Dates(Certificate certificate)
    {
        var primary = certificate.PrimaryKey;
        var ofPrimary = certificate.Revocations.Concat(certificate.DirectSignatures).Concat(certificate.DirectRevocations)
            .Concat(certificate.UserIds.SelectMany(static userId => userId.SelfSignatures.Concat(userId.Revocations)));
        var ofSubkeys = certificate.Subkeys.SelectMany(static subkey =>
            subkey.Bindings.SelectMany(static binding => binding.BackSignatures.Append(binding.Signature))
                .Concat(subkey.Revocations)
                .SelectMany(signature => Dates(subkey.Key, signature))
                .Append(subkey.Key.CreatedAt));
        return ofPrimary.SelectMany(signature => Dates(primary, signature)).Append(primary.CreatedAt).Concat(ofSubkeys);
    }

    private static IEnumerable<DateTimeOffset> Dates(PublicKey key, SelfSignature signature)
    {
        var facts = signature.Signature.Facts;
        yield return signature.CreatedAt;
        if (facts.ExpiresAt is { } end)
            yield return end;
        if (facts.KeyExpiresAfter is { } seconds and not 0)
            yield return key.CreatedAt.AddSeconds(seconds);
    }
}
