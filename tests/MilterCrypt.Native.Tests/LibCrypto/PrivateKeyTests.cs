using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class PrivateKeyTests
{
    // RFC 3526 §3.
    private static readonly BigInteger Prime = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F"
        + "14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A1"
        + "63BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E46"
        + "2E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFF"
        + "FFFFFFFFFF",
        NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [Fact]
    public void TheRawOperationOfRsaShowsHostilePaddingAsItIs()
    {
        int whole = 0, refused = 0;
        foreach ((JsonElement group, JsonElement test) in Wycheproof.Read("rsa_pkcs1_2048_test.json"))
        {
            using EvpPrivateKey key = ImportRsa(RsaParametersOf(group.GetProperty("privateKey")))!;
            byte[] block = new byte[key.ModulusLength];
            byte[] ciphertext = test.Hex("ct");
            BigInteger number = Number(ciphertext);
            if (!key.TryDecryptWithoutPadding(ciphertext, block))
            {
                Assert.True(number >= Number(group.GetProperty("privateKey").Hex("modulus")), test.Name());
                Assert.DoesNotContain(block, octet => octet != 0);
                refused++;
                continue;
            }

            if (test.Result() == "valid")
            {
                byte[] message = test.Hex("msg");
                Assert.Equal([0, 2], block[..2]);
                Assert.Equal(block.Length - message.Length - 1, 2 + block.AsSpan(2).IndexOf((byte)0));
                Assert.Equal(message, block[(block.Length - message.Length)..]);
                whole++;
            }
        }

        Assert.Equal((42, 3), (whole, refused));
    }

    [Fact]
    public void NumbersOfAnRsaKeyThatDoNotBelongTogetherAreRefused()
    {
        using RSA own = RSA.Create(2048), other = RSA.Create(2048);
        RSAParameters numbers = own.ExportParameters(true), others = other.ExportParameters(true);
        using (EvpPrivateKey? key = ImportRsa(numbers))
            Assert.NotNull(key);

        Assert.Null(ImportRsa(numbers with { Modulus = others.Modulus }));
        Assert.Null(ImportRsa(numbers with { D = others.D }));
        Assert.Null(ImportRsa(numbers with { P = others.P }));
        Assert.Null(ImportRsa(numbers with { Q = others.Q }));
        Assert.Null(ImportRsa(numbers with { InverseQ = others.InverseQ }));
        Assert.Null(ImportRsa(numbers with { Exponent = [3] }));
        Assert.Null(ImportRsa(numbers with { P = numbers.Q, Q = numbers.P }));
        Assert.Null(ImportRsa(numbers with { P = numbers.Modulus, Q = [1] }));
        Assert.Null(ImportRsa(numbers with { Exponent = new byte[9] }));

        // Every bit of the secret numbers, and of the public ones, counts.
        foreach (Func<RSAParameters, byte[]> part in new Func<RSAParameters, byte[]>[] { n => n.D!, n => n.P!, n => n.Q!, n => n.InverseQ!, n => n.Modulus! })
        {
            for (int bit = 0; bit < 8 * part(numbers).Length; bit += 31)
            {
                part(numbers)[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.Null(ImportRsa(numbers));
                part(numbers)[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void AnRsaSignatureIsTheOneThatDotNetMakes()
    {
        using RSA own = RSA.Create(2048);
        using EvpPrivateKey key = ImportRsa(own.ExportParameters(true))!;
        byte[] data = "hello"u8.ToArray();

        Assert.Equal(
            own.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            key.SignRsa(DigestAlgorithm.Sha256, SHA256.HashData(data)));
        Assert.Throws<CryptographicException>(() => key.SignRsa(DigestAlgorithm.Sha256, new byte[20]));
    }

    [Theory]
    [InlineData("nistP256", EllipticCurve.NistP256)]
    [InlineData("nistP384", EllipticCurve.NistP384)]
    [InlineData("nistP521", EllipticCurve.NistP521)]
    [InlineData("brainpoolP256r1", EllipticCurve.BrainpoolP256)]
    [InlineData("brainpoolP384r1", EllipticCurve.BrainpoolP384)]
    [InlineData("brainpoolP512r1", EllipticCurve.BrainpoolP512)]
    public void AKeyOnACurveSignsAndIsRefusedWithAnothersPoint(string name, EllipticCurve curve)
    {
        using ECDsa own = ECDsa.Create(ECCurve.CreateFromFriendlyName(name)), other = ECDsa.Create(ECCurve.CreateFromFriendlyName(name));
        ECParameters numbers = own.ExportParameters(true);
        using EvpPrivateKey key = EvpPrivateKey.ImportEllipticCurve(curve, numbers.D!, Point(own))!;
        byte[] digest = SHA512.HashData("hello"u8);

        (byte[] r, byte[] s) = key.SignEcdsa(digest);

        int length = numbers.D!.Length;
        byte[] signature = [.. new byte[length - r.Length], .. r, .. new byte[length - s.Length], .. s];
        Assert.True(own.VerifyHash(digest, signature));
        Assert.Null(EvpPrivateKey.ImportEllipticCurve(curve, numbers.D, Point(other)));
        Assert.Null(EvpPrivateKey.ImportEllipticCurve(curve, new byte[length], Point(own)));
        byte[] offTheCurve = Point(own);
        offTheCurve[^1] ^= 1;
        Assert.Null(EvpPrivateKey.ImportEllipticCurve(curve, numbers.D, offTheCurve));
    }

    // RFC 8032 §7.1, §7.4.
    [Theory]
    [InlineData(
        RawKeyKind.Ed25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData(
        RawKeyKind.Ed448,
        "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
        "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180")]
    public void AnEdwardsKeySignsAndIsRefusedWithAnothersPublicKey(RawKeyKind kind, string seed, string published)
    {
        byte[] secret = Convert.FromHexString(seed), point = Convert.FromHexString(published);
        using EvpPrivateKey key = EvpPrivateKey.ImportRaw(kind, secret, point)!;
        using EvpPublicKey publicKey = EvpPublicKey.ImportRaw(kind, point)!;

        byte[] signature = key.SignEdDsa("hello"u8);

        Assert.Equal(SignatureCheck.Good, publicKey.VerifyEdDsa("hello"u8, signature));
        Assert.Equal(signature, key.SignEdDsa("hello"u8));
        point[0] ^= 1;
        Assert.Null(EvpPrivateKey.ImportRaw(kind, secret, point));
        Assert.Null(EvpPrivateKey.ImportRaw(kind, secret.AsSpan(1), point));
    }

    [Fact]
    public void AnElGamalKeyDecryptsWhatIsEncryptedToIt()
    {
        BigInteger x = Number(RandomNumberGenerator.GetBytes(40));
        BigInteger y = BigInteger.ModPow(2, x, Prime);
        using ElGamalPrivateKey key = ElGamalPrivateKey.Import(Octets(Prime), [2], Octets(y), Octets(x))!;
        byte[] block = new byte[key.ModulusLength];
        for (int i = 0; i < 20; i++)
        {
            byte[] message = [0, 2, .. RandomNumberGenerator.GetBytes(254)];
            BigInteger k = Number(RandomNumberGenerator.GetBytes(255));
            BigInteger c1 = BigInteger.ModPow(2, k, Prime), c2 = Number(message) * BigInteger.ModPow(y, k, Prime) % Prime;

            Assert.True(key.TryDecrypt(Octets(c1), Octets(c2), block));

            Assert.Equal(message, block);
        }

        Assert.False(key.TryDecrypt([], [2], block));
        Assert.False(key.TryDecrypt([2], [0], block));
        Assert.False(key.TryDecrypt(Octets(Prime), [2], block));
        Assert.False(key.TryDecrypt([2], Octets(Prime + 1), block));
        Assert.False(key.TryDecrypt([2], [.. Octets(Prime), 1], block));
    }

    [Fact]
    public void NumbersOfAnElGamalKeyThatDoNotBelongTogetherAreRefused()
    {
        BigInteger x = Number(RandomNumberGenerator.GetBytes(40));
        byte[] p = Octets(Prime), y = Octets(BigInteger.ModPow(2, x, Prime));

        Assert.Null(ElGamalPrivateKey.Import(p, [2], y, Octets(x + 1)));
        Assert.Null(ElGamalPrivateKey.Import(p, [3], y, Octets(x)));
        Assert.Null(ElGamalPrivateKey.Import(Octets(Prime - 2), [2], y, Octets(x)));
        Assert.Null(ElGamalPrivateKey.Import(Octets(Prime - 1), [2], y, Octets(x)));
        Assert.Null(ElGamalPrivateKey.Import(p, [2], y, Octets(x + Prime - 1)));
        Assert.Null(ElGamalPrivateKey.Import(p, [2], [1], Octets(Prime - 1)));
        Assert.Null(ElGamalPrivateKey.Import(p, [2], y, []));
    }

    // .NET's InverseQ is the inverse of q modulo p, OpenPGP's u that of p modulo q: p and q change places.
    private static EvpPrivateKey? ImportRsa(RSAParameters numbers) => EvpPrivateKey.ImportRsa(new RsaPrivateNumbers
    {
        Modulus = numbers.Modulus.AsSpan().TrimStart((byte)0),
        Exponent = numbers.Exponent,
        PrivateExponent = numbers.D.AsSpan().TrimStart((byte)0),
        P = numbers.Q,
        Q = numbers.P,
        InverseOfP = numbers.InverseQ.AsSpan().TrimStart((byte)0),
    });

    private static RSAParameters RsaParametersOf(JsonElement key) => new()
    {
        Modulus = Hex(key, "modulus"),
        Exponent = Hex(key, "publicExponent"),
        D = Hex(key, "privateExponent"),
        P = Hex(key, "prime1"),
        Q = Hex(key, "prime2"),
        InverseQ = Hex(key, "coefficient"),
    };

    private static byte[] Hex(JsonElement key, string name) => key.Hex(name).AsSpan().TrimStart((byte)0).ToArray();

    private static byte[] Point(ECDsa key)
    {
        ECPoint q = key.ExportParameters(false).Q;
        return [4, .. q.X!, .. q.Y!];
    }

    private static BigInteger Number(byte[] octets) => new(octets, isUnsigned: true, isBigEndian: true);

    private static byte[] Octets(BigInteger number) => number.ToByteArray(isUnsigned: true, isBigEndian: true);
}
