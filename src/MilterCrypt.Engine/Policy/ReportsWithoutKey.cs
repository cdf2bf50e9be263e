namespace MilterCrypt.Engine.Policy;

/// <summary>What becomes, under <see cref="EncryptMode.Always"/>, of mail from the null sender to a recipient without a usable
/// key: a refusal would make it vanish, since nobody is told of it. <c>reports-without-key:</c> in the configuration.</summary>
public enum ReportsWithoutKey
{
    /// <summary>It goes on with its content taken out.</summary>
    HeadersOnly,

    /// <summary>It waits in the queue of whoever sends it (450 4.7.1).</summary>
    Defer,
}
