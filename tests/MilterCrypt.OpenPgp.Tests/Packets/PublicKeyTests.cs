using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Certificates;

namespace MilterCrypt.OpenPgp.Tests.Packets;

public sealed class PublicKeyTests
{
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("E0EB7A7C3B41B8AE1656E3FAF19FC46ADA098DEB9C32B1FD866205165F49B800")]
    [InlineData("5F9C95BCA3508C24B1D0B1559C83EF5B04445CC4581C8E86D8224EDDD09F1157")]
    [InlineData("ECFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F")]
    public void AnX25519KeyOfSmallOrderIsRefused(string point)
    {
        byte[] native = [4, 0, 0, 0, 0, 25, .. Convert.FromHexString(point)];
        byte[] legacy = [4, 0, 0, 0, 0, 18, 10, .. EcCurve.Curve25519Legacy.Oid.Span, 1, 7, 0x40, .. Convert.FromHexString(point), 3, 1, 8, 7];

        Assert.Equal("a key that encrypts nothing", Problem(native));
        Assert.Equal("a key that encrypts nothing", Problem(legacy));
    }

    [Theory]
    [InlineData("04FF", 0)]
    [InlineData("FEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 1)]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", 1)]
    public void AnX448KeyOfSmallOrderIsRefused(string start, int refused)
    {
        byte[] point = new byte[56];
        Convert.FromHexString(start).CopyTo(point, 0);

        Assert.Equal(refused == 1 ? "a key that encrypts nothing" : null, Problem([4, 0, 0, 0, 0, 26, .. point]));
    }

    [Fact]
    public void NumbersThatCannotBeAKeyAreNamedMalformed()
    {
        byte[] sound = ForgedKey.Rsa(ForgedCertificate.Made, 2048).Body;
        byte[] even = [.. sound];
        even[8 + 255] &= 0xFE;
        byte[] exponentOne = [.. sound[..(8 + 256)], 0, 1, 1];

        Assert.Null(Problem(sound));
        Assert.Equal("malformed key material", Problem(even));
        Assert.Equal("malformed key material", Problem(exponentOne));
        Assert.Equal("malformed key material", Problem([.. sound, 0]));
        Assert.Equal("malformed key material", Problem(sound[..^1]));
        Assert.Equal("malformed key material", Problem([4, 0, 0, 0, 0, 1, 0xFF, 0xFF, .. new byte[8192]]));
    }

    [Fact]
    public void EachKindOfKeyCutShortAnywhereIsUnusableOrNone()
    {
        string[] folders = ["v4-legacy", "v4-nistp", "v6-25519-annex-a-4", "v6-ed448-x448", "v6-nistp", "v6-rsa", "v4-rsa"];
        foreach (var key in folders.Select(Vectors.Rfc9580).SelectMany(certificate => certificate.Subkeys.Select(subkey => subkey.Key).Append(certificate.PrimaryKey)))
        {
            for (int length = 0; length < key.Body.Length; length++)
            {
                bool isKey = PublicKey.TryRead(key.Body.Span[..length], isSubkey: false, out var cut, out _);
                Assert.True(!isKey || cut!.Material is PublicKeyMaterial.Unusable);
            }
        }
    }

    [Fact]
    public void FingerprintsAreReadAsPeopleWriteThem()
    {
        Assert.True(Fingerprint.TryParse("25d1 a264 29b4 5e34 f58c  c3a4 5ce2 4752 5526 ad43", out var four));
        Assert.Equal("25D1A26429B45E34F58CC3A45CE247525526AD43", four.ToString());
        Assert.Equal("5CE247525526AD43", four.KeyId.ToString());
        Assert.True(Fingerprint.TryParse("0xCB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9", out var six));
        Assert.Equal("CB186C4F0609A697", six.KeyId.ToString());
        Assert.False(Fingerprint.TryParse("5CE247525526AD43", out _));
        Assert.False(Fingerprint.TryParse(new string('Z', 40), out _));
    }

    private static string? Problem(byte[] body)
    {
        Assert.True(PublicKey.TryRead(body, isSubkey: true, out var key, out string? reason), reason);
        return (key.Material as PublicKeyMaterial.Unusable)?.Reason;
    }
}
