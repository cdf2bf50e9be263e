using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Native.Compression;
using MilterCrypt.Native.LibArgon2;
using MilterCrypt.Native.LibBz2;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.Native.LibZ;
using MilterCrypt.Native.Tests.Memory;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Native.Tests;

/// <summary>Every call into a library that takes memory of ours, with memory that ends exactly where it says. On their own
/// these tests show little; under valgrind (`make test-native`) an octet too many is an error.</summary>
public sealed class ExactLengthsTests : IDisposable
{
    private readonly ExactMemory memory = new();

    public static TheoryData<DigestAlgorithm> Digests => [.. Enum.GetValues<DigestAlgorithm>()];

    public static TheoryData<BlockCipher, int> Ciphers => new()
    {
        { BlockCipher.TripleDes, 24 }, { BlockCipher.Cast5, 16 }, { BlockCipher.Blowfish, 16 }, { BlockCipher.Idea, 16 },
        { BlockCipher.Camellia128, 16 }, { BlockCipher.Camellia192, 24 }, { BlockCipher.Camellia256, 32 },
    };

    public static TheoryData<string> Streams => ["deflate", "zlib", "bz2"];

    public void Dispose() => memory.Dispose();

    [Theory]
    [MemberData(nameof(Digests))]
    public void Hashes(DigestAlgorithm algorithm)
    {
        for (int length = 0; length < 300; length += 37)
        {
            using EvpDigest? digest = EvpDigest.Begin(algorithm);
            digest?.Append(Random(length));
            digest?.Append(Random(1));
            Assert.NotEqual(0, digest?.Finish(memory.Take(EvpDigest.MaxLength)));
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Cfb(BlockCipher cipher, int keyLength)
    {
        Span<byte> key = Random(keyLength);
        foreach (int length in new[] { 1, 7, 8, 9, 15, 16, 17, 33, 257, 4096 })
        {
            using EvpCfb? encryptor = EvpCfb.ForEncryption(cipher, key), decryptor = EvpCfb.ForDecryption(cipher, key);
            Span<byte> data = Random(length), original = memory.Copy(data);
            encryptor?.Process(data);
            decryptor?.Process(data[..(length / 2)]);
            decryptor?.Process(data[(length / 2)..]);
            Assert.Equal(original, data);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    public void Ocb(int keyLength)
    {
        Span<byte> key = Random(keyLength);
        using var encrypting = AesOcb.ForEncryption(key);
        using var decrypting = AesOcb.ForDecryption(key);
        foreach (int length in new[] { 0, 1, 15, 16, 17, 31, 32, 33, 100, 1000, 65536 })
        {
            Span<byte> nonce = Random(15), associated = Random(13), plaintext = Random(length), tag = memory.Take(16);
            Span<byte> ciphertext = memory.Take(length), found = memory.Take(length);
            encrypting.Encrypt(nonce, associated, plaintext, ciphertext, tag);
            Assert.True(decrypting.TryDecrypt(nonce, associated, ciphertext, tag, found));
            Assert.Equal(plaintext, found);
            tag[15] ^= 1;
            Assert.False(decrypting.TryDecrypt(nonce, associated, ciphertext, tag, ciphertext));

            encrypting.BeginChunk(nonce, associated);
            int first = encrypting.EncryptPart(plaintext[..(length / 3)], memory.Take(length / 3));
            int second = encrypting.EncryptPart(plaintext[(length / 3)..], memory.Take(length - first));
            Assert.Equal(length, first + second + encrypting.FinishChunk(memory.Take(length - first - second), tag));
        }
    }

    [Fact]
    public void KeyWrap()
    {
        foreach (int length in new[] { 16, 24, 32, 40, 48, 56 })
        {
            Span<byte> wrappingKey = Random(16 + (8 * (length / 8 % 3))), key = Random(length);
            Span<byte> wrapped = memory.Take(length + AesKeyWrap.Overhead), found = memory.Take(length);
            AesKeyWrap.Wrap(wrappingKey, key, wrapped);
            Assert.True(AesKeyWrap.TryUnwrap(wrappingKey, wrapped, found));
            Assert.Equal(key, found);
            wrapped[0] ^= 1;
            Assert.False(AesKeyWrap.TryUnwrap(wrappingKey, wrapped, found));
        }
    }

    [Theory]
    [InlineData(RawKeyKind.X25519, 32)]
    [InlineData(RawKeyKind.X448, 56)]
    public void AgreementOnMontgomeryCurves(RawKeyKind kind, int length)
    {
        using EvpPrivateKey own = EvpPrivateKey.ImportRaw(kind, Random(length))!;
        using EvpPublicKey other = EvpPublicKey.ImportRaw(kind, Random(length))!;
        Span<byte> secret = memory.Take(other.SharedSecretLength), ephemeral = memory.Take(other.EphemeralKeyLength);
        own.AgreeWith(other, secret);
        using EvpPublicKey zero = EvpPublicKey.ImportRaw(kind, memory.Copy(new byte[length]))!;
        Assert.False(own.TryAgreeWith(zero, secret));
        other.AgreeWithEphemeralKey(ephemeral, secret);
        using EvpPublicKey? sent = EvpPublicKey.ImportRaw(kind, ephemeral);
        Assert.NotNull(sent);
        Assert.Null(EvpPublicKey.ImportRaw(kind, Random(length - 1)));
    }

    [Theory]
    [InlineData(EllipticCurve.NistP256, "nistP256")]
    [InlineData(EllipticCurve.NistP384, "nistP384")]
    [InlineData(EllipticCurve.NistP521, "nistP521")]
    [InlineData(EllipticCurve.BrainpoolP256, "brainpoolP256r1")]
    [InlineData(EllipticCurve.BrainpoolP384, "brainpoolP384r1")]
    [InlineData(EllipticCurve.BrainpoolP512, "brainpoolP512r1")]
    public void AgreementAndSignaturesOnWeierstrassCurves(EllipticCurve curve, string name)
    {
        using ECDsa owner = ECDsa.Create(ECCurve.CreateFromFriendlyName(name));
        ECParameters parameters = owner.ExportParameters(includePrivateParameters: true);
        using EvpPublicKey key = EvpPublicKey.ImportEllipticCurve(curve, memory.Copy([4, .. parameters.Q.X!, .. parameters.Q.Y!]))!;
        using EvpPrivateKey own = EvpPrivateKey.ImportEllipticCurve(
            curve, memory.Copy(parameters.D), memory.Copy([4, .. parameters.Q.X!, .. parameters.Q.Y!]))!;
        Span<byte> secret = memory.Take(key.SharedSecretLength), ephemeral = memory.Take(key.EphemeralKeyLength);
        Span<byte> same = memory.Take(key.SharedSecretLength);
        key.AgreeWithEphemeralKey(ephemeral, secret);
        using EvpPublicKey sent = EvpPublicKey.ImportEllipticCurve(curve, ephemeral)!;
        own.AgreeWith(sent, same);
        Assert.Equal(secret, same);

        Span<byte> digest = Random(32);
        byte[] signature = owner.SignHash(digest.ToArray());
        Span<byte> r = memory.Copy(signature.AsSpan(0, signature.Length / 2)), s = memory.Copy(signature.AsSpan(signature.Length / 2));
        Assert.Equal(SignatureCheck.Good, key.VerifyRAndS(digest, r, s));
        Assert.Equal(SignatureCheck.Bad, key.VerifyRAndS(digest, s, r));
        var (madeR, madeS) = own.SignEcdsa(digest);
        Assert.Equal(SignatureCheck.Good, key.VerifyRAndS(digest, memory.Copy(madeR), memory.Copy(madeS)));
        ephemeral[5] ^= 1;
        Assert.Null(EvpPrivateKey.ImportEllipticCurve(curve, memory.Copy(parameters.D), ephemeral));
        Assert.Null(EvpPublicKey.ImportEllipticCurve(curve, ephemeral));
    }

    [Fact]
    public void Rsa()
    {
        using RSA owner = RSA.Create(2048);
        RSAParameters parameters = owner.ExportParameters(includePrivateParameters: true);
        using EvpPublicKey key = EvpPublicKey.ImportRsa(memory.Copy(parameters.Modulus), memory.Copy(parameters.Exponent))!;
        Span<byte> plaintext = Random(35), ciphertext = memory.Take(key.ModulusLength), digest = Random(32);
        key.EncryptPkcs1(plaintext, ciphertext);
        Assert.Equal(plaintext, owner.Decrypt(ciphertext.ToArray(), RSAEncryptionPadding.Pkcs1).AsSpan());

        Span<byte> signature = memory.Copy(owner.SignHash(digest.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(SignatureCheck.Good, key.VerifyRsa(DigestAlgorithm.Sha256, digest, signature));
        signature[255] ^= 1;
        Assert.Equal(SignatureCheck.Bad, key.VerifyRsa(DigestAlgorithm.Sha256, digest, signature));

        // .NET's inverse is of the second prime, OpenPGP's of the first.
        using EvpPrivateKey own = EvpPrivateKey.ImportRsa(new RsaPrivateNumbers
        {
            Modulus = memory.Copy(parameters.Modulus),
            Exponent = memory.Copy(parameters.Exponent),
            PrivateExponent = memory.Copy(parameters.D),
            P = memory.Copy(parameters.Q),
            Q = memory.Copy(parameters.P),
            InverseOfP = memory.Copy(parameters.InverseQ),
        })!;
        Span<byte> block = memory.Take(own.ModulusLength);
        Assert.True(own.TryDecryptWithoutPadding(ciphertext, block));
        Assert.Equal(plaintext, block[^plaintext.Length..]);
        Assert.False(own.TryDecryptWithoutPadding(memory.Copy(parameters.Modulus), block));
        Assert.Equal(SignatureCheck.Good, key.VerifyRsa(DigestAlgorithm.Sha256, digest, own.SignRsa(DigestAlgorithm.Sha256, digest)));
    }

    [Fact]
    public void ElGamal()
    {
        // A small prime that is easily written: 2^521 - 1.
        BigInteger p = (BigInteger.One << 521) - 1, g = 3, x = Number(Random(40)), k = Number(Random(40)), m = Number(Random(60));
        BigInteger y = BigInteger.ModPow(g, x, p), c1 = BigInteger.ModPow(g, k, p), c2 = m * BigInteger.ModPow(y, k, p) % p;
        using ElGamalPrivateKey key = ElGamalPrivateKey.Import(Octets(p), Octets(g), Octets(y), Octets(x))!;
        Span<byte> block = memory.Take(key.ModulusLength);
        Assert.True(key.TryDecrypt(Octets(c1), Octets(c2), block));
        Assert.Equal(m, Number(block));
        Assert.False(key.TryDecrypt(Octets(p), Octets(c2), block));
        Assert.Null(ElGamalPrivateKey.Import(Octets(p), Octets(g), Octets(y), Octets(x + 1)));
    }

    [Theory]
    [InlineData(RawKeyKind.Ed25519, "ed25519_test.json")]
    [InlineData(RawKeyKind.Ed448, "ed448_test.json")]
    public void EdwardsSignatures(RawKeyKind kind, string file)
    {
        foreach (var (group, test) in Wycheproof.Read(file).Take(40))
        {
            using EvpPublicKey key = EvpPublicKey.ImportRaw(kind, memory.Copy(group.GetProperty("publicKey").Hex("pk")))!;
            SignatureCheck check = key.VerifyEdDsa(memory.Copy(test.Hex("msg")), memory.Copy(test.Hex("sig")));
            Assert.Equal(test.Result() == "valid", check == SignatureCheck.Good);
        }

        using EvpPrivateKey own = EvpPrivateKey.ImportRaw(kind, Random(kind == RawKeyKind.Ed25519 ? 32 : 57))!;
        Assert.Equal(kind == RawKeyKind.Ed25519 ? 64 : 114, own.SignEdDsa(Random(64)).Length);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Decompression(string suffix)
    {
        byte[] compressed = Vector("lines." + suffix), lines = Vector("lines.txt");
        foreach (int piece in new[] { 1, 5, 64, 1000 })
        {
            using IDecompressor whole = Begin(suffix);
            int position = 0;
            for (DecompressionStep step = default; step.State == DecompressionState.Open; position += step.Taken)
                step = whole.Process(memory.Copy(compressed.AsSpan(position, Math.Min(piece, compressed.Length - position))), memory.Take(piece));
            Assert.Equal(compressed.Length, position);
        }

        // Left in the middle, damaged in the middle, filled to the last octet.
        using IDecompressor left = Begin(suffix), damaged = Begin(suffix), filled = Begin(suffix);
        left.Process(memory.Copy(compressed.AsSpan(0, compressed.Length / 2)), memory.Take(100));
        compressed[20] ^= 0xFF;
        compressed[^5] ^= 0xFF;
        damaged.Process(memory.Copy(compressed), memory.Take(10_000));
        compressed[20] ^= 0xFF;
        compressed[^5] ^= 0xFF;
        Span<byte> room = memory.Take(lines.Length);
        Assert.Equal(lines.Length, filled.Process(memory.Copy(compressed), room).Written);
        Assert.Equal(lines.AsSpan(), room);
    }

    [Fact]
    public void Argon2id()
    {
        Span<byte> passphrase = memory.Copy(Encoding.UTF8.GetBytes("correct horse")), salt = Random(16);
        foreach (var cost in new[] { new Argon2Cost(1, 1, 8), new Argon2Cost(2, 4, 64), new Argon2Cost(0, 1, 8), new Argon2Cost(1, 2, 8) })
        {
            foreach (int length in new[] { 16, 24, 32, 100 })
                Assert.Equal(cost is { Passes: > 0, MemoryKibibytes: >= 8 } && cost.MemoryKibibytes >= 8 * cost.Lanes,
                    Argon2.TryDeriveKey(passphrase, salt, cost, memory.Take(length), out _));
        }
    }

    private static IDecompressor Begin(string suffix) => suffix switch
    {
        "bz2" => Bzip2Decompressor.Begin()!,
        "zlib" => Inflater.Begin(InflateFormat.Zlib)!,
        _ => Inflater.Begin(InflateFormat.Raw)!,
    };

    private static BigInteger Number(ReadOnlySpan<byte> octets) => new(octets, isUnsigned: true, isBigEndian: true);

    private Span<byte> Octets(BigInteger number) => memory.Copy(number.ToByteArray(isUnsigned: true, isBigEndian: true));

    private static byte[] Vector(string name) => File.ReadAllBytes(Repository.PathOf("tests/vectors/compression/" + name));

    private Span<byte> Random(int length)
    {
        Span<byte> octets = memory.Take(length);
        RandomNumberGenerator.Fill(octets);
        return octets;
    }
}
