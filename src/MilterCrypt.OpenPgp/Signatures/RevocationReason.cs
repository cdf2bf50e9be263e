namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>Why something was revoked, by wire number (RFC 9580 §5.2.3.31).</summary>
public enum RevocationReason
{
    /// <summary>Nothing was said.</summary>
    None = 0,

    /// <summary>Another key took its place.</summary>
    Superseded = 1,

    /// <summary>Somebody else may have the secret.</summary>
    Compromised = 2,

    /// <summary>It is not used any more.</summary>
    Retired = 3,

    /// <summary>The user ID is not valid any more.</summary>
    UserIdInvalid = 32,
}
