using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys;

/// <summary>What is known of an address's key at a time: usable, there but of no use, or not there.</summary>
public abstract record KeyAnswer
{
    private KeyAnswer() { }

    /// <summary>No certificate names the address.</summary>
    public static KeyAnswer Unknown { get; } = new NoCertificate();

    /// <summary>A message to the address can be encrypted.</summary>
    /// <param name="Certificate">The certificate that was chosen.</param>
    /// <param name="Recipients">Its keys to encrypt to, at least one.</param>
    public sealed record Usable(Fingerprint Certificate, IReadOnlyList<EncryptionRecipient> Recipients) : KeyAnswer
    {
        /// <summary>How sure it is that the certificate is the address's owner's.</summary>
        public KeyTrust Trust { get; init; }
    }

    /// <summary>There is a certificate for the address, but none to encrypt to now.</summary>
    /// <param name="Reason">Why not, in words that an administrator understands, such as "expired 2025-03-01"; of
    /// the certificate that was stored last, where there are several.</param>
    public sealed record Unusable(string Reason) : KeyAnswer;

    /// <summary>No certificate names the address.</summary>
    public sealed record NoCertificate : KeyAnswer;
}
