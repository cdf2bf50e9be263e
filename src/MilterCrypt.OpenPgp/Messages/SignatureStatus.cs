namespace MilterCrypt.OpenPgp.Messages;

/// <summary>What became of a signature over data. Only <see cref="Good"/> says that somebody signed it.</summary>
public enum SignatureStatus
{
    /// <summary>A key that was fit for it when it was made made it over exactly this data.</summary>
    Good,

    /// <summary>The key that it names did not make it over this data: one of the two was changed, or it was never so.</summary>
    Bad,

    /// <summary>The certificate of the key that made it is not at hand.</summary>
    KeyMissing,

    /// <summary>Its key made it, but was not fit for it then: expired, revoked, not meant to sign.</summary>
    KeyUnfit,

    /// <summary>Its hash function or its key is too weak to prove anything.</summary>
    TooWeak,

    /// <summary>Its key made it, but its own dates don't hold: it has ended, or says that it was made in the future.</summary>
    Expired,

    /// <summary>Its key made it, but for other recipients than those who decrypted it (RFC 9580 §5.2.3.36).</summary>
    NotIntended,

    /// <summary>It can't be valid whoever made it: cut short, contradictory, or with a critical part that is unknown here.</summary>
    Malformed,

    /// <summary>It can't be checked here: its version, its hash function or its curve is unknown or forbidden.</summary>
    Unsupported,
}
