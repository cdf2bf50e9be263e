namespace MilterCrypt.Engine.Keys;

/// <summary>How sure it is that a certificate is that of the person behind an address, the least sure first. <c>minimum-trust:</c> in
/// the configuration.</summary>
public enum KeyTrust
{
    /// <summary>An administrator put it into the store, from wherever he had it.</summary>
    Imported,

    /// <summary>An administrator has said that it is: he compared the fingerprint with one that its owner told him.</summary>
    Verified,
}
