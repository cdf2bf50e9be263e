using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>What a message is encrypted with: the best that every recipient reads.</summary>
/// <param name="SeipdVersion">The version of the encrypted data packet: 2 with OCB, or 1 (RFC 9580 §5.13).</param>
/// <param name="Cipher">AES-256 or AES-128.</param>
public sealed record MessageAlgorithms(int SeipdVersion, SymmetricAlgorithm Cipher)
{
    /// <summary>What all software reads that has integrity protection, and AES-256.</summary>
    internal static readonly MessageAlgorithms ForEverybody = new(1, SymmetricAlgorithm.Aes256);

    private static readonly AeadCiphersuite Aes256Ocb = new(SymmetricAlgorithm.Aes256, AeadAlgorithm.Ocb);

    /// <summary>The version of session-key packets that belongs to it (RFC 9580 §5.1).</summary>
    internal int SessionKeyVersion => SeipdVersion == 2 ? 6 : 3;

    /// <summary>Chooses for these recipients. AES-128, and with version 2 AES-128 and OCB, is what everybody reads even
    /// where preferences don't name it (RFC 9580 §9.6, §12.1).</summary>
    public static MessageAlgorithms Choose(IReadOnlyList<EncryptionRecipient> recipients)
    {
        if (recipients.All(recipient => recipient.Capabilities.SupportsSeipdV2))
        {
            bool strong = recipients.All(recipient => recipient.Capabilities.AeadCiphersuites.Contains(Aes256Ocb));
            return new MessageAlgorithms(2, strong ? SymmetricAlgorithm.Aes256 : SymmetricAlgorithm.Aes128);
        }

        bool aes256 = recipients.All(recipient => recipient.Capabilities.Ciphers.Contains(SymmetricAlgorithm.Aes256));
        return new MessageAlgorithms(1, aes256 ? SymmetricAlgorithm.Aes256 : SymmetricAlgorithm.Aes128);
    }
}
