namespace MilterCrypt.Engine.Policy;

/// <summary>What policy wants for one recipient.</summary>
/// <param name="RuleName">The rule that decided, for the log.</param>
/// <param name="Encrypt">What it asks for.</param>
/// <param name="WithoutKey">What happens under <see cref="EncryptMode.Always"/> where there is no usable key.</param>
public sealed record PolicyDecision(string RuleName, EncryptMode Encrypt, WithoutKey WithoutKey)
{
    /// <summary>Whether what is encrypted is signed.</summary>
    public SignMode Sign { get; init; } = SignMode.Never;

    /// <summary>Whether what is encrypted to the recipient is opened for him.</summary>
    public DecryptMode Decrypt { get; init; } = DecryptMode.Never;

    /// <summary>The decision where no rule matches.</summary>
    public static PolicyDecision NoRule { get; } = new("no rule", EncryptMode.Never, WithoutKey.Reject);
}
