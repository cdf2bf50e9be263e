using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.OpenPgp.Tests.Hostile;

/// <summary>What must be true of a certificate that somebody changed.</summary>
internal static class Harmless
{
    /// <summary>Holds that nothing may be used that the honest certificate doesn't have: no key to encrypt to or to sign, and
    /// no user ID. A changed key that nothing vouches for is another key.</summary>
    public static void Assert(Certificate changed, Certificate honest)
    {
        var view = changed.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default);
        var keys = honest.Subkeys.Select(subkey => subkey.Key.Fingerprint).Append(honest.Fingerprint).ToHashSet();
        var names = honest.UserIds.Select(userId => Convert.ToHexString(userId.UserId.Octets.Span)).ToHashSet();
        if (view.Problem is null)
            Xunit.Assert.Equal(honest.Fingerprint, changed.Fingerprint);
        if (view.ForEncryption() is EncryptionVerdict.Usable usable)
            Xunit.Assert.All(usable.Recipients, recipient => Xunit.Assert.Contains(recipient.Key.Fingerprint, keys));
        Xunit.Assert.All(view.Subkeys.Where(subkey => subkey.Problem is null), subkey => Xunit.Assert.Contains(subkey.Key.Fingerprint, keys));
        Xunit.Assert.All(view.UserIds.Where(userId => userId.Problem is null), userId => Xunit.Assert.Contains(Convert.ToHexString(userId.UserId.Octets.Span), names));
    }
}
