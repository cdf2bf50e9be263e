namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>What a signature says, by wire number (RFC 9580 §5.2.1).</summary>
public enum SignatureType
{
    /// <summary>Over a binary document.</summary>
    Binary = 0x00,

    /// <summary>Over a text document with canonical line ends.</summary>
    Text = 0x01,

    /// <summary>Over itself alone.</summary>
    Standalone = 0x02,

    /// <summary>A user ID belongs to a key: nothing said about how that was checked.</summary>
    GenericCertification = 0x10,

    /// <summary>A user ID belongs to a key: not checked.</summary>
    PersonaCertification = 0x11,

    /// <summary>A user ID belongs to a key: casually checked.</summary>
    CasualCertification = 0x12,

    /// <summary>A user ID belongs to a key: carefully checked.</summary>
    PositiveCertification = 0x13,

    /// <summary>A subkey belongs to a primary key, says the primary key.</summary>
    SubkeyBinding = 0x18,

    /// <summary>A subkey belongs to a primary key, says the subkey: the back signature.</summary>
    PrimaryKeyBinding = 0x19,

    /// <summary>Something about a key as a whole.</summary>
    DirectKey = 0x1F,

    /// <summary>A primary key is revoked.</summary>
    KeyRevocation = 0x20,

    /// <summary>A subkey is revoked.</summary>
    SubkeyRevocation = 0x28,

    /// <summary>A certification or a direct-key signature is revoked.</summary>
    CertificationRevocation = 0x30,

    /// <summary>A time stamp.</summary>
    Timestamp = 0x40,

    /// <summary>A notary's confirmation of another signature.</summary>
    ThirdPartyConfirmation = 0x50,
}
