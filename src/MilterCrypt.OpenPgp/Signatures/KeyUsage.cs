namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>What a key may be used for (RFC 9580 §5.2.3.29), the first octet.</summary>
[Flags]
public enum KeyUsage
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To certify user IDs and subkeys.</summary>
    Certify = 0x01,

    /// <summary>To sign data.</summary>
    Sign = 0x02,

    /// <summary>To encrypt what is sent.</summary>
    EncryptCommunications = 0x04,

    /// <summary>To encrypt what is stored.</summary>
    EncryptStorage = 0x08,

    /// <summary>The secret was split among several holders.</summary>
    Split = 0x10,

    /// <summary>To authenticate to a server.</summary>
    Authenticate = 0x20,

    /// <summary>Several people hold the secret.</summary>
    Shared = 0x80,
}
