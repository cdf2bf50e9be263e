namespace MilterCrypt.TestSupport.Peers;

/// <summary>Forms of signature over data.</summary>
public enum SignatureForm
{
    /// <summary>By itself, over octets.</summary>
    Detached,

    /// <summary>By itself, over text whose line ends don't matter.</summary>
    DetachedText,

    /// <summary>Around the data, in a signed message (RFC 9580 §10.3).</summary>
    Inline,

    /// <summary>Around legible text (§7).</summary>
    Cleartext,
}
