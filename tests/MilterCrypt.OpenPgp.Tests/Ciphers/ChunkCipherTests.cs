using System.Security.Cryptography;
using System.Text.Json;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.TestSupport;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Ciphers;

public sealed class ChunkCipherTests
{
    private static readonly SymmetricAlgorithm[] Aes = [SymmetricAlgorithm.Aes128, SymmetricAlgorithm.Aes192, SymmetricAlgorithm.Aes256];

    public static TheoryData<AeadAlgorithm, SymmetricAlgorithm> All =>
        [.. Enum.GetValues<AeadAlgorithm>().SelectMany(mode => Aes.Select(cipher => (mode, cipher)))];

    [Theory]
    [MemberData(nameof(All))]
    public void EachChunkComesBackAndNoChangeGoesUnnoticed(AeadAlgorithm mode, SymmetricAlgorithm cipher)
    {
        byte[] key = Encrypting.Plaintext(cipher.KeyLength()), tag = new byte[ChunkCipher.TagLength];
        using IChunkCipher encrypting = ChunkCipher.ForEncryption(mode, cipher, key)!, decrypting = ChunkCipher.ForDecryption(mode, cipher, key)!;
        foreach (int length in new[] { 0, 1, 15, 16, 17, 32, 65536, 16384, 50001 })
        {
            byte[] nonce = Encrypting.Plaintext(encrypting.NonceLength + length)[..encrypting.NonceLength];
            byte[] plaintext = Encrypting.Plaintext(length), data = [.. plaintext], associated = [1, 2, 3];
            encrypting.Encrypt(nonce, associated, data, data, tag);
            byte[] ciphertext = [.. data], apart = new byte[length];

            Assert.True(decrypting.TryDecrypt(nonce, associated, data, tag, data));
            Assert.Equal(plaintext, data);
            Assert.True(decrypting.TryDecrypt(nonce, associated, ciphertext, tag, apart));
            Assert.Equal(plaintext, apart);
            encrypting.Encrypt(nonce, associated, plaintext, apart, tag);
            Assert.Equal(ciphertext, apart);

            for (int i = 0; i < tag.Length * 8; i += 7)
                Assert.False(decrypting.TryDecrypt(nonce, associated, ciphertext, Flipped(tag, i), apart));
            Assert.False(decrypting.TryDecrypt(nonce, [1, 2, 4], ciphertext, tag, apart));
            Assert.False(decrypting.TryDecrypt(Flipped(nonce, 5), associated, ciphertext, tag, apart));
            foreach (int place in length > 0 ? new[] { 0, length / 2, length - 1 } : [])
            {
                Random.Shared.NextBytes(apart);
                Assert.False(decrypting.TryDecrypt(nonce, associated, Flipped(ciphertext, 8 * place), tag, apart));
                Assert.False(apart.AsSpan().ContainsAnyExcept((byte)0));
            }

            ciphertext.CopyTo(data, 0);
            Assert.False(decrypting.TryDecrypt(nonce, associated, data, Flipped(tag, 0), data));
            Assert.False(data.AsSpan().ContainsAnyExcept((byte)0));
        }
    }

    /// <summary>RFC 9580 Annex A.9 to A.11: one chunk, and the last tag.</summary>
    [Theory]
    [InlineData("eax", "3881BAFE985412459B86C36F98CB9A5E")]
    [InlineData("ocb", "28E79AB82397D3C63DE24AC217D7B791")]
    [InlineData("gcm", "1936FC8568980274BB900D8319360C77")]
    public void TheStandardsOwnMessagesOpen(string name, string sessionKey)
    {
        ArmorBlock block = new ArmorReader(Vectors.File($"openpgp-rfc9580/aead/aes128-{name}.pgp")).ReadNext()!;
        var packets = new PacketReader(block.Data);
        Assert.True(packets.TryRead(out _));
        Assert.True(packets.TryRead(out Packet packet));
        ReadOnlySpan<byte> body = packet.Body.Span;
        byte[] header = [0xD2, .. body[..4]];
        var mode = (AeadAlgorithm)header[3];
        int nonceLength = mode switch { AeadAlgorithm.Eax => 16, AeadAlgorithm.Ocb => 15, _ => 12 };
        byte[] derived = new byte[16 + nonceLength - 8];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Convert.FromHexString(sessionKey), derived, body[4..36], header);
        using IChunkCipher cipher = ChunkCipher.ForDecryption(mode, (SymmetricAlgorithm)header[2], derived.AsSpan(0, 16))!;
        ReadOnlySpan<byte> chunk = body[36..^32];
        byte[] plaintext = new byte[chunk.Length], nonce = [.. derived[16..], .. new byte[8]];

        Assert.Equal(nonceLength, cipher.NonceLength);
        Assert.True(cipher.TryDecrypt(nonce, header, chunk, body[^32..^16], plaintext));
        Assert.Equal("Hello, world!"u8, plaintext.AsSpan(8, 13));
        nonce[^1] = 1;
        Assert.True(cipher.TryDecrypt(nonce, [.. header, .. new byte[7], (byte)chunk.Length], [], body[^16..], []));
    }

    /// <summary>The vectors of EAX's authors among them, and counters that wrap.</summary>
    [Fact]
    public void EveryHostileEaxVectorIsJudgedRightly()
    {
        int opened = 0, refused = 0;
        foreach ((JsonElement group, JsonElement test) in Wycheproof.Read("aes_eax_test.json"))
        {
            // OpenPGP's nonces have 16 octets.
            if (group.GetProperty("ivSize").GetInt32() != 128)
                continue;

            byte[] key = test.Hex("key"), plaintext = test.Hex("msg"), ciphertext = test.Hex("ct");
            using IChunkCipher cipher = ChunkCipher.ForDecryption(AeadAlgorithm.Eax, Aes[(key.Length / 8) - 2], key)!;
            byte[] found = new byte[ciphertext.Length], tag = new byte[16];
            bool valid = test.Result() == "valid";
            Assert.True(valid == cipher.TryDecrypt(test.Hex("iv"), test.Hex("aad"), ciphertext, test.Hex("tag"), found), test.Name());
            Assert.True(found.AsSpan().SequenceEqual(valid ? plaintext : new byte[found.Length]), test.Name());
            _ = valid ? opened++ : refused++;
            if (!valid)
                continue;

            cipher.Encrypt(test.Hex("iv"), test.Hex("aad"), plaintext, found, tag);
            Assert.True(found.AsSpan().SequenceEqual(ciphertext) && tag.AsSpan().SequenceEqual(test.Hex("tag")), test.Name());
        }

        Assert.True(opened >= 100 && refused >= 80, $"{opened} opened, {refused} refused");
    }

    [Theory]
    [InlineData((AeadAlgorithm)0, SymmetricAlgorithm.Aes256)]
    [InlineData((AeadAlgorithm)4, SymmetricAlgorithm.Aes256)]
    [InlineData(AeadAlgorithm.Ocb, SymmetricAlgorithm.Camellia256)]
    [InlineData(AeadAlgorithm.Gcm, SymmetricAlgorithm.Twofish)]
    public void WhatNoLibraryHasIsNoError(AeadAlgorithm mode, SymmetricAlgorithm cipher)
    {
        Assert.Null(ChunkCipher.ForDecryption(mode, cipher, new byte[32]));
        Assert.Null(ChunkCipher.ForEncryption(mode, cipher, new byte[32]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void LengthsThatAModeLacksAreTheCallersMistake(AeadAlgorithm mode, SymmetricAlgorithm cipher)
    {
        Assert.ThrowsAny<ArgumentException>(() => ChunkCipher.ForDecryption(mode, cipher, new byte[cipher.KeyLength() - 1]));
        using IChunkCipher chunks = ChunkCipher.ForEncryption(mode, cipher, new byte[cipher.KeyLength()])!;
        byte[] nonce = new byte[chunks.NonceLength];
        Assert.ThrowsAny<ArgumentException>(() => chunks.Encrypt(nonce.AsSpan(1), [], [1], new byte[1], new byte[16]));
        Assert.ThrowsAny<ArgumentException>(() => chunks.Encrypt(nonce, [], [1], new byte[1], new byte[15]));
        Assert.ThrowsAny<ArgumentException>(() => chunks.Encrypt(nonce, [], [1], [], new byte[16]));
    }

    private static byte[] Flipped(byte[] octets, int bit)
    {
        byte[] flipped = [.. octets];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
