using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>Somebody else's OpenPGP. An exit code of 0 means that the program did what was asked and found everything whole.
/// It holds no key but the one that it is handed. One caller at a time.</summary>
public interface IOpenPgpPeer : IAsyncDisposable
{
    /// <summary>The program and the release: gpg 2.2.</summary>
    string Name { get; }

    /// <summary>Why it can't do something with a kind of key; null where it can.</summary>
    string? WhyNot(KeyUse use, KeyKind kind);

    /// <summary>Why it can't write a form of message; null where it can.</summary>
    string? WhyNotWrite(MessageForm form);

    /// <summary>Why it can't read a form of message; null where it can.</summary>
    string? WhyNotRead(MessageForm form);

    /// <summary>Why it can't make a form of signature; null where it can.</summary>
    string? WhyNotSign(SignatureForm form);

    /// <summary>Why it can't verify a form of signature; null where it can.</summary>
    string? WhyNotVerify(SignatureForm form);

    /// <summary>Makes a key pair.</summary>
    Task<PeerKey> MakeKeyAsync(KeyKind kind);

    /// <summary>Encrypts to a key's certificate; signs with its secret key too where that is asked for.</summary>
    Task<CommandResult> EncryptAsync(PeerKey key, byte[] plaintext, MessageForm form, bool sign);

    /// <summary>Encrypts for a passphrase.</summary>
    Task<CommandResult> EncryptAsync(string passphrase, byte[] plaintext, MessageForm form);

    /// <summary>Decrypts with a secret key; fails where a signature by that key is asked for and missing or wrong.</summary>
    Task<CommandResult> DecryptAsync(PeerKey key, byte[] message, bool isSigned = false);

    /// <summary>Decrypts with a passphrase.</summary>
    Task<CommandResult> DecryptAsync(string passphrase, byte[] message);

    /// <summary>Signs; the output is the signature or the signed message, armored.</summary>
    Task<CommandResult> SignAsync(PeerKey key, byte[] data, SignatureForm form);

    /// <summary>Verifies a signature, or a signed message, by a key's certificate.</summary>
    /// <param name="key">Whose signature it must be.</param>
    /// <param name="signature">A detached signature, or the whole signed message.</param>
    /// <param name="data">What was signed, where the signature is detached.</param>
    /// <param name="form">Which of these it is.</param>
    Task<CommandResult> VerifyAsync(PeerKey key, byte[] signature, byte[] data, SignatureForm form);
}
