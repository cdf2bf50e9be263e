namespace MilterCrypt.Engine.Policy;

/// <summary>What kind of key a message is encrypted with: <c>form:</c> in the configuration.</summary>
public enum FormMode
{
    /// <summary>Whichever the recipient has.</summary>
    Either,

    /// <summary>OpenPGP alone.</summary>
    OpenPgp,
}
