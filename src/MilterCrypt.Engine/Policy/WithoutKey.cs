namespace MilterCrypt.Engine.Policy;

/// <summary>What happens under <see cref="EncryptMode.Always"/> to a recipient without a usable key:
/// <c>without-key:</c> in the configuration.</summary>
public enum WithoutKey
{
    /// <summary>A permanent refusal (550 5.7.1): the sender learns it at once.</summary>
    Reject,

    /// <summary>A temporary refusal (450 4.7.1): the sending MTA tries again until its queue gives up.</summary>
    Defer,

    /// <summary>The message leaves as it came: under <c>always</c>, too, this is the one word that lets it.</summary>
    Clear,

    /// <summary>The message is held, encrypted to the escrow's keys, until there is a key.</summary>
    Hold,
}
