using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>An error that gpg-agent told: its number in libgpg-error's coding, and its words.</summary>
/// <param name="Number">The source of the error in the high octet, the code in the low half.</param>
/// <param name="Text">What it means, in the agent's words.</param>
internal readonly record struct AgentError(uint Number, string Text)
{
    private const int SystemError = 1 << 15;

    /// <summary>Whether the agent does not have the key.</summary>
    internal bool IsNoSuchKey => Code is 17;

    /// <summary>Whether the key could not be used, whatever was asked of it. Other errors may come of the ciphertext: what a card
    /// says of a padding that it doesn't like nobody may learn.</summary>
    internal bool IsOfTheKey => IsNoSuchKey || IsOfPassphrase || IsOfCard || IsOfAgent;

    private int Code => (int)(Number & 0xFFFF);

    // GPG_ERR_BAD_PASSPHRASE, INV_PASSPHRASE, TIMEOUT (of a pinentry), NO_PIN_ENTRY, PIN_ENTRY, BAD_PIN, CANCELED, NOT_CONFIRMED,
    // PIN_BLOCKED, NO_PASSPHRASE, NO_PIN, FULLY_CANCELED.
    private bool IsOfPassphrase => Code is 11 or 31 or 62 or 85 or 86 or 87 or 99 or 114 or 130 or 177 or 178 or 198;

    // GPG_ERR_WRONG_CARD, CARD_RESET, CARD_REMOVED, CARD_NOT_PRESENT, NO_SCDAEMON, CARD_NOT_INITIALIZED.
    private bool IsOfCard => Code is 91 or 109 or 110 or 112 or 119 or 123;

    // GPG_ERR_UNUSABLE_SECKEY, NOT_SUPPORTED, NO_AGENT, FORBIDDEN; and what the operating system refused.
    private bool IsOfAgent => Code is 54 or 60 or 77 or 251 || (Code & SystemError) != 0;

    /// <summary>What the administrator is told.</summary>
    internal SecretKeyException Of(PublicKey key) => new(this switch
    {
        { IsOfPassphrase: true } =>
            $"gpg-agent wants a passphrase or PIN for key {key.Fingerprint} that it doesn't have, or a card that isn't there ({Told}), and nobody is asked: use gpg-preset-passphrase or a key without one, see docs/gpg-agent.md",
        { IsNoSuchKey: true } => $"gpg-agent doesn't have the secret key {key.Fingerprint}",
        { IsOfCard: true } => $"the card with key {key.Fingerprint} can't be used ({Told})",
        _ => $"gpg-agent can't use key {key.Fingerprint} ({Told})",
    });

    /// <summary>The same where no key is concerned.</summary>
    internal SecretKeyException Of(string command) => new($"gpg-agent refused {command} ({Told}): is it the socket S.gpg-agent, not one of its restricted ones?");

    private string Told => $"error {Code}: {Text}";
}
