using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.SessionKeys;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Secrets;

/// <summary>Proves that a secret key is its public key's own: what it signs is verified with the public part, what is
/// encrypted to the public part is opened.</summary>
internal static class Proof
{
    public static void That(SecretKey key)
    {
        Assert.True(key.CanSign || key.CanDecrypt);
        Assert.False(key.IsLocked);
        if (key.CanSign)
            Assert.Equal(SignatureCheck.Good, Sign(key, HashAlgorithm.Sha512));
        if (key.CanDecrypt && key.PublicKey.Material is not PublicKeyMaterial.ElGamal)
            Assert.True(Opens(key), $"{key.PublicKey.Algorithm} {key.PublicKey.Fingerprint} does not open what is encrypted to it");
    }

    /// <summary>Signs the key itself, as a direct-key signature, and verifies that.</summary>
    public static SignatureCheck Sign(SecretKey key, HashAlgorithm hash)
    {
        var subject = new SignedSubject.Key(key.PublicKey);
        byte[] salt = key.PublicKey.Version == 6 ? RandomNumberGenerator.GetBytes(SignatureHash.SaltLength(hash)) : [];
        var unsigned = Packet(key, hash, [0, 0], salt, []);
        var hashed = new ArrayBufferWriter<byte>();
        hashed.Write(salt);
        subject.WriteHashedForm(hashed);
        unsigned.WriteTrailer(hashed);
        byte[] digest = SignatureHash.Compute(hash, hashed.WrittenSpan)!;
        return SignatureVerifier.Verify(Packet(key, hash, digest[..2], salt, key.SignDigest(hash, digest)), key.PublicKey, subject);
    }

    public static bool Opens(SecretKey key)
    {
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes192);
        using var received = Sending.Open([Sending.Packet(sent, key.PublicKey)], [key], 3, null);
        return received is not null && received.Cipher == sent.Cipher && received.Octets.SequenceEqual(sent.Octets);
    }

    private static Signature Packet(SecretKey key, HashAlgorithm hash, byte[] prefix, byte[] salt, byte[] values)
    {
        byte version = (byte)key.PublicKey.Version;
        byte[] areas = version == 6 ? [0, 0, 0, 0, 0, 0, 0, 0] : [0, 0, 0, 0];
        byte[] salted = version == 6 ? [(byte)salt.Length, .. salt] : [];
        byte[] body =
        [
            version, (byte)SignatureType.DirectKey, (byte)key.PublicKey.Algorithm, (byte)hash, .. areas, .. prefix, .. salted, .. values,
        ];
        Assert.True(Signature.TryRead(body, out var signature, out string? reason), reason);
        return signature;
    }
}
