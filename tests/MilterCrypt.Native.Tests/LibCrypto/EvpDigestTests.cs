using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.Native.Tests.LibCrypto;

public sealed class EvpDigestTests
{
    [Fact]
    public void RipeMd160GivesWhatItsAuthorsPublished()
    {
        using EvpDigest? digest = EvpDigest.Begin(DigestAlgorithm.RipeMd160);
        if (digest is null)
            Assert.Skip("This system has no RIPEMD-160.");

        digest.Append("message "u8);
        digest.Append("digest"u8);
        Assert.Equal("5D0689EF49D2FAE572B881B123A85FFA21595F36", Convert.ToHexString(digest.Finish()));
    }

    [Fact]
    public void APieceAtATimeHashesTheSameAsAll()
    {
        using EvpDigest digest = EvpDigest.Begin(DigestAlgorithm.Sha3_512) ?? throw new InvalidOperationException();
        digest.Append([]);
        digest.Append([1, 2]);
        digest.Append([3]);
        using EvpDigest whole = EvpDigest.Begin(DigestAlgorithm.Sha3_512) ?? throw new InvalidOperationException();
        whole.Append([1, 2, 3]);
        byte[] hash = whole.Finish();

        Assert.Equal(hash, digest.Finish());
        if (SHA3_512.IsSupported)
            Assert.Equal(SHA3_512.HashData([1, 2, 3]), hash);
    }
}
