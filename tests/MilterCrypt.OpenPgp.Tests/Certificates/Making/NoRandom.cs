using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

/// <summary>A random number generator that has nothing to give.</summary>
internal sealed class NoRandom : RandomNumberGenerator
{
    public override void GetBytes(byte[] data) => throw new CryptographicException("no entropy");
}
