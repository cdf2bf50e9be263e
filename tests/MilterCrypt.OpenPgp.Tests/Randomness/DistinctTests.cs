using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Hostile;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.SessionKeys;
using MilterCrypt.TestSupport.Peers;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Randomness;

/// <summary>What must never be used twice, in a thousand messages and signatures over one and the same text.</summary>
public sealed class DistinctTests
{
    private const int Count = 1000;

    private static readonly byte[] Text = "the same text"u8.ToArray();

    [Theory]
    [InlineData("v4-ed25519-x25519", 1)]
    [InlineData("v6-25519-annex-a-4", 2)]
    [InlineData("v4-nistp", 1)]
    public void SessionKeysSaltsPrefixesAndEphemeralKeysAreNeverUsedTwice(string owner, int version)
    {
        using var secret = Signer.Read(owner);
        var key = secret.DecryptionKeys[0];
        EncryptionRecipient[] recipients = [new(key.PublicKey, version == 2 ? EncryptionKeys.V2 : EncryptionKeys.V1)];
        var options = new EncryptionOptions { Armor = false };
        var seen = new Seen();
        for (int i = 0; i < Count; i++)
        {
            var packets = Honest.Packets(Encrypting.Message(Text, recipients, options));
            var wrapped = Sending.Read(packets[0].Body.ToArray());
            using var session = Sending.Open([wrapped], [key], version == 2 ? 6 : 3, version == 2 ? SymmetricAlgorithm.Aes256 : null)!;
            var data = packets[1].Body.Span;
            seen.Add("session key", session.Octets);
            seen.Add("ephemeral key", wrapped.Fields.Span[..32]);
            if (version == 2)
                seen.Add("salt", data[4..36]);
            else
                seen.Add("prefix", Prefix(session, data[1..17]));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void SaltsAndNoncesOfPassphrasesAreNeverUsedTwice(int version)
    {
        using var random = RandomNumberGenerator.Create();
        using var session = Sending.Key(version, SymmetricAlgorithm.Aes256);
        var seen = new Seen();
        for (int i = 0; i < Count; i++)
        {
            seen.Add("salt", HashedS2k.Make(random).Salt.Span);
            seen.Add("salt", Argon2S2k.Make(random).Salt.Span);
            var output = new ArrayBufferWriter<byte>();
            var cheap = new HashedS2k(HashAlgorithm.Sha256, new byte[8], Count: 0);
            Assert.True(PassphraseSessionKeyPacket.TryWrite(output, session, Text, cheap, random, out _));
            if (version == 6)
                seen.Add("nonce", Honest.Packets(output.WrittenSpan.ToArray())[0].Body.Span.Slice(5 + 11, AeadAlgorithm.Ocb.NonceLength()));
        }
    }

    [Theory]
    [InlineData("v6-25519-annex-a-4")]
    [InlineData("v6-nistp")]
    [InlineData("v4-nistp")]
    public void SaltsOfSignaturesAndTheNumbersOfEcdsaAreNeverUsedTwice(string owner)
    {
        using var secret = Signer.Read(owner);
        var key = secret.SigningKey();
        var seen = new Seen();
        for (int i = 0; i < Count; i++)
        {
            byte[] block = Signer.Sign(SignatureForm.Detached, Text, new SigningOptions { Armor = false }, key);
            Assert.True(Signature.TryRead(Honest.Packets(block)[0].Body.Span, out var signature, out _));
            if (signature.Version == 6)
                seen.Add("salt", signature.Salt.Span);

            // The first of the two numbers, r, shows the nonce: the same one twice gives the secret key away.
            if (key.PublicKey.Material is PublicKeyMaterial.Ecdsa)
                seen.Add("r", signature.Values.Span[..32]);
        }
    }

    private static byte[] Prefix(SessionKey session, ReadOnlySpan<byte> encrypted)
    {
        byte[] prefix = encrypted.ToArray();
        using var cipher = CfbDecryptor.Create(session.Cipher, session.Octets)!;
        cipher.Decrypt(prefix);
        return prefix;
    }

    private sealed class Seen
    {
        private readonly HashSet<string> values = [];

        public void Add(string what, ReadOnlySpan<byte> value)
        {
            Assert.False(value.IsEmpty);
            Assert.True(value.ContainsAnyExcept((byte)0), $"a {what} of zeros");
            Assert.True(values.Add(what + Convert.ToHexString(value)), $"the same {what} twice");
        }
    }
}
