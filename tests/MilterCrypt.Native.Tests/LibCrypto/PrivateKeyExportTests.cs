using System.Numerics;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class PrivateKeyExportTests
{
    [Theory]
    [InlineData(RawKeyKind.X25519, 32)]
    [InlineData(RawKeyKind.X448, 56)]
    [InlineData(RawKeyKind.Ed25519, 32)]
    [InlineData(RawKeyKind.Ed448, 57)]
    public void OctetsThatWereImportedComeOutAgain(RawKeyKind kind, int length)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(length), exported = new byte[length], publicKey = new byte[length];
        using EvpPrivateKey key = EvpPrivateKey.ImportRaw(kind, secret)!;

        key.ExportRaw(exported);
        key.ExportRawPublicKey(publicKey);

        Assert.Equal(secret, exported);
        using EvpPrivateKey? again = EvpPrivateKey.ImportRaw(kind, exported, publicKey);
        Assert.NotNull(again);
        Assert.Throws<CryptographicException>(() => key.ExportRaw(new byte[length - 1]));
        Assert.Throws<CryptographicException>(() => key.ExportRaw(new byte[length + 1]));
    }

    [Fact]
    public void AFreshRsaKeyIsWhatItsNumbersSay()
    {
        using EvpPrivateKey key = EvpPrivateKey.GenerateRsa(2048);
        byte[] Export(PrivateKeyNumber which)
        {
            byte[] number = new byte[256];
            key.ExportNumber(which, number);
            return number.AsSpan().TrimStart((byte)0).ToArray();
        }

        byte[] n = Export(PrivateKeyNumber.Modulus), p = Export(PrivateKeyNumber.P), q = Export(PrivateKeyNumber.Q);

        Assert.Equal(256, key.ModulusLength);
        Assert.Equal(2048, Number(n).GetBitLength());
        Assert.Equal(Number(n), Number(p) * Number(q));
        Assert.Equal(65537, Number(Export(PrivateKeyNumber.Exponent)));
        Assert.Equal(1, Number(Export(PrivateKeyNumber.InverseOfP)) * Number(p) % Number(q));
        using EvpPrivateKey? again = EvpPrivateKey.ImportRsa(new RsaPrivateNumbers
        {
            Modulus = n,
            Exponent = Export(PrivateKeyNumber.Exponent),
            PrivateExponent = Export(PrivateKeyNumber.PrivateExponent),
            P = p,
            Q = q,
            InverseOfP = Export(PrivateKeyNumber.InverseOfP),
        });
        Assert.NotNull(again);
        Assert.Throws<CryptographicException>(() => key.ExportNumber(PrivateKeyNumber.Modulus, new byte[255]));
        Assert.Throws<CryptographicException>(() => key.ExportNumber(PrivateKeyNumber.CurveSecret, new byte[256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => EvpPrivateKey.GenerateRsa(1024));
    }

    [Fact]
    public void TheSecretOfACurveComesOutWithItsLeadingZeros()
    {
        byte[] number = [.. new byte[5], .. RandomNumberGenerator.GetBytes(27)], exported = new byte[32];
        using EvpPrivateKey key = EvpPrivateKey.ImportEllipticCurve(EllipticCurve.NistP256, number)!;

        key.ExportNumber(PrivateKeyNumber.CurveSecret, exported);

        Assert.Equal(number, exported);
    }

    [Fact]
    public void TheSecretOfAnElGamalKeyComesOut()
    {
        // 2 to the power of 1000 modulo 2^521 - 1, a prime.
        BigInteger prime = BigInteger.Pow(2, 521) - 1, y = BigInteger.ModPow(2, 1000, prime);
        using ElGamalPrivateKey key = ElGamalPrivateKey.Import(Octets(prime), [2], Octets(y), [3, 232])!;
        byte[] exported = new byte[key.ModulusLength];

        key.ExportSecret(exported);

        Assert.Equal(1000, Number(exported));
        Assert.Throws<ArgumentOutOfRangeException>(() => key.ExportSecret(new byte[65]));
    }

    private static BigInteger Number(byte[] octets) => new(octets, isUnsigned: true, isBigEndian: true);

    private static byte[] Octets(BigInteger number) => number.ToByteArray(isUnsigned: true, isBigEndian: true);
}
