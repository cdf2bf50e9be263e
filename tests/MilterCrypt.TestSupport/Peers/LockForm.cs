namespace MilterCrypt.TestSupport.Peers;

/// <summary>Ways in which OpenPGP.js locks a secret key with a passphrase.</summary>
public enum LockForm
{
    /// <summary>CFB with a SHA-1 hash, and an iterated hash of the passphrase.</summary>
    Cfb,

    /// <summary>AEAD, and an iterated hash of the passphrase.</summary>
    Aead,

    /// <summary>AEAD and Argon2.</summary>
    AeadArgon2,
}
