namespace MilterCrypt.TestSupport.Peers;

/// <summary>Forms of encrypted message that programs write or read.</summary>
public enum MessageForm
{
    /// <summary>Whatever the program chooses for a key.</summary>
    Default,

    /// <summary>Without armor.</summary>
    Binary,

    /// <summary>To a key that is not named.</summary>
    Anonymous,

    /// <summary>SEIPD version 1 (RFC 9580 §5.13.1).</summary>
    Seipd1,

    /// <summary>SEIPD version 2 with OCB (§5.13.2).</summary>
    Seipd2Ocb,

    /// <summary>SEIPD version 2 with EAX.</summary>
    Seipd2Eax,

    /// <summary>SEIPD version 2 with GCM.</summary>
    Seipd2Gcm,

    /// <summary>LibrePGP's packet 20 with OCB.</summary>
    Packet20Ocb,

    /// <summary>Packet 20 with EAX, as an early draft had it.</summary>
    Packet20Eax,

    /// <summary>Compressed by ZIP.</summary>
    Zip,

    /// <summary>Compressed by ZLIB.</summary>
    Zlib,

    /// <summary>Compressed by BZip2.</summary>
    Bzip2,

    /// <summary>For a passphrase, iterated and salted, SEIPD version 1.</summary>
    Passphrase,

    /// <summary>For a passphrase, iterated and salted, SEIPD version 2.</summary>
    PassphraseSeipd2,

    /// <summary>For a passphrase by Argon2, SEIPD version 2.</summary>
    PassphraseArgon2,
}
