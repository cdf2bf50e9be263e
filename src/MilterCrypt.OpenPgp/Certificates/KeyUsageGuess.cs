using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>What a key is for where nobody said so: keys older than key flags are used for what their algorithm can
/// do. Version 6 has no such keys, and there nothing is guessed.</summary>
internal static class KeyUsageGuess
{
    private const KeyUsage Encrypt = KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage;

    /// <summary>The usage of a primary key.</summary>
    public static KeyUsage OfPrimary(PublicKey key) => key switch
    {
        { Version: not 4 } => KeyUsage.Certify,
        { Algorithm: PublicKeyAlgorithm.Rsa } => KeyUsage.Certify | KeyUsage.Sign | Encrypt,
        _ => KeyUsage.Certify | KeyUsage.Sign,
    };

    /// <summary>The usage of a subkey.</summary>
    public static KeyUsage OfSubkey(PublicKey key) => key switch
    {
        { Version: not 4 } => KeyUsage.None,
        { Material: PublicKeyMaterial.Dsa or PublicKeyMaterial.Ecdsa or PublicKeyMaterial.EdDsaLegacy } => KeyUsage.Sign,
        { Material: PublicKeyMaterial.Ed25519 or PublicKeyMaterial.Ed448 } => KeyUsage.Sign,
        { Algorithm: PublicKeyAlgorithm.RsaSignOnly } => KeyUsage.Sign,
        _ => Encrypt,
    };
}
