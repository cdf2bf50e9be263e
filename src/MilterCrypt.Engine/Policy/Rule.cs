namespace MilterCrypt.Engine.Policy;

/// <summary>One entry of <c>rules:</c> in the configuration.</summary>
/// <param name="Name">What logs and messages to the administrator call it: its own name, else its place ("rule 2").</param>
/// <param name="Line">The line of the configuration file on which it begins, from 1; 0 where there is no file.</param>
/// <param name="Match">Which mail it is for.</param>
/// <param name="Encrypt">What it asks for.</param>
/// <param name="WithoutKey">What happens under <see cref="EncryptMode.Always"/> where there is no usable key.</param>
public sealed record Rule(string Name, int Line, RuleMatch Match, EncryptMode Encrypt, WithoutKey WithoutKey)
{
    /// <summary>Whether what is encrypted is signed.</summary>
    public SignMode Sign { get; init; } = SignMode.Never;

    /// <summary>Whether what is encrypted to the recipient is opened for him.</summary>
    public DecryptMode Decrypt { get; init; } = DecryptMode.Never;
}
