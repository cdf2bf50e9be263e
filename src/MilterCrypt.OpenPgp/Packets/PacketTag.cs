namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Packet types by their wire numbers (RFC 9580 §5).</summary>
public enum PacketTag
{
    /// <summary>Reserved; a packet must not have it.</summary>
    Reserved = 0,

    /// <summary>Public-key encrypted session key.</summary>
    PublicKeyEncryptedSessionKey = 1,

    /// <summary>Signature.</summary>
    Signature = 2,

    /// <summary>Symmetric-key encrypted session key.</summary>
    SymmetricKeyEncryptedSessionKey = 3,

    /// <summary>One-pass signature.</summary>
    OnePassSignature = 4,

    /// <summary>Secret key.</summary>
    SecretKey = 5,

    /// <summary>Public key.</summary>
    PublicKey = 6,

    /// <summary>Secret subkey.</summary>
    SecretSubkey = 7,

    /// <summary>Compressed data.</summary>
    CompressedData = 8,

    /// <summary>Symmetrically encrypted data without integrity (obsolete).</summary>
    SymmetricallyEncryptedData = 9,

    /// <summary>Marker.</summary>
    Marker = 10,

    /// <summary>Literal data.</summary>
    LiteralData = 11,

    /// <summary>Trust, private to one implementation's keyring.</summary>
    Trust = 12,

    /// <summary>User ID.</summary>
    UserId = 13,

    /// <summary>Public subkey.</summary>
    PublicSubkey = 14,

    /// <summary>User attribute, such as a picture.</summary>
    UserAttribute = 17,

    /// <summary>Symmetrically encrypted and integrity protected data.</summary>
    SymmetricallyEncryptedIntegrityProtectedData = 18,

    /// <summary>Modification detection code (obsolete as a packet of its own).</summary>
    ModificationDetectionCode = 19,

    /// <summary>GnuPG's OCB encrypted data (LibrePGP, not in RFC 9580).</summary>
    OcbEncryptedData = 20,

    /// <summary>Padding.</summary>
    Padding = 21,
}
