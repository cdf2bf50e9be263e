namespace MilterCrypt.Engine.Policy;

/// <summary>How much is demanded before a message may leave; more comes later.</summary>
public enum EncryptionDemand
{
    /// <summary>Nothing: it leaves in clear.</summary>
    Nothing,

    /// <summary>That it is encrypted where there is a key; without one it leaves in clear.</summary>
    WhereThereIsAKey,

    /// <summary>That it is encrypted.</summary>
    Encryption,

    /// <summary>That it is encrypted to a key of which somebody has said whose it is.</summary>
    EncryptionToAVerifiedKey,
}
