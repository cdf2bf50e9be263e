namespace MilterCrypt.Engine.Policy;

/// <summary>What a rule asks for: <c>encrypt:</c> in the configuration.</summary>
public enum EncryptMode
{
    /// <summary>The message leaves as it came.</summary>
    Never,

    /// <summary>Encrypted where the recipient has a usable key, else as it came.</summary>
    WhenPossible,

    /// <summary>Encrypted or not at all.</summary>
    Always,
}
