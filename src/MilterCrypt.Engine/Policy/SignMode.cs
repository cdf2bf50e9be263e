namespace MilterCrypt.Engine.Policy;

/// <summary>What a rule asks for about signing what is encrypted.</summary>
public enum SignMode
{
    /// <summary>Not signed.</summary>
    Never,

    /// <summary>Signed where a key of the author's is held here and the client may use it.</summary>
    WhenPossible,

    /// <summary>Signed or not sent.</summary>
    Always,
}
