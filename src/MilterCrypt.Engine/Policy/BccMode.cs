namespace MilterCrypt.Engine.Policy;

/// <summary>How recipients get an encrypted message that its header doesn't name: each key that a message is encrypted to can
/// be read off it by everybody who gets it. <c>bcc:</c> in the configuration.</summary>
public enum BccMode
{
    /// <summary>A copy of their own, up to a number of them; beyond it, or where messages can't be split, as
    /// <see cref="Anonymous"/>.</summary>
    Separate,

    /// <summary>In the message of the others, their keys without a name (RFC 9580 §5.1: a key ID of zeros).</summary>
    Anonymous,

    /// <summary>As all others, their keys named.</summary>
    WithOthers,
}
