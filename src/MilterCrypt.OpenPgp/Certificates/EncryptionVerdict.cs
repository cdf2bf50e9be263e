
namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Whether something may be encrypted to a certificate.</summary>
public abstract record EncryptionVerdict
{
    private EncryptionVerdict() { }

    /// <summary>It may, to all of these keys, newest first.</summary>
    public sealed record Usable(IReadOnlyList<EncryptionRecipient> Recipients) : EncryptionVerdict;

    /// <summary>It may not.</summary>
    /// <param name="Reason">Why, in an administrator's words, such as "expired 2025-03-01".</param>
    public sealed record Unusable(string Reason) : EncryptionVerdict;
}
