namespace MilterCrypt.Engine.Policy;

/// <summary>What a rule asks for about mail that arrives encrypted.</summary>
public enum DecryptMode
{
    /// <summary>It stays as it came.</summary>
    Never,

    /// <summary>Opened where the recipient's key is held here.</summary>
    WhenPossible,
}
