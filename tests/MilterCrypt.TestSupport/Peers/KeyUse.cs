namespace MilterCrypt.TestSupport.Peers;

/// <summary>What a program does with a key.</summary>
public enum KeyUse
{
    /// <summary>Makes it.</summary>
    Make,

    /// <summary>Encrypts to its certificate.</summary>
    Encrypt,

    /// <summary>Decrypts with it.</summary>
    Decrypt,

    /// <summary>Signs with it.</summary>
    Sign,

    /// <summary>Verifies signatures with its certificate.</summary>
    Verify,
}
