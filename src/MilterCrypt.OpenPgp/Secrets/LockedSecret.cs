namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>A secret as its packet has it, locked with a passphrase: all that follows the public key.</summary>
/// <param name="Protection">How it is locked.</param>
/// <param name="Octets">From the octet that says so to the end.</param>
/// <param name="Start">Where in them the secret begins.</param>
internal sealed record LockedSecret(SecretKeyProtection Protection, ReadOnlyMemory<byte> Octets, int Start)
{
    /// <summary>The encrypted secret, and what shows that it was opened.</summary>
    internal ReadOnlySpan<byte> Secret => Octets.Span[Start..];
}
