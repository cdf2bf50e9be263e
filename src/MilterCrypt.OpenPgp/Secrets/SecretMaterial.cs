using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>A private key in libcrypto's hands: one of two kinds, since libcrypto knows no ElGamal. Owned by its
/// <see cref="SecretKey"/>; disposal clears it.</summary>
/// <param name="Key">Every kind but ElGamal.</param>
/// <param name="ElGamal">An ElGamal key.</param>
internal sealed record SecretMaterial(EvpPrivateKey? Key, ElGamalPrivateKey? ElGamal) : IDisposable
{
    public void Dispose()
    {
        Key?.Dispose();
        ElGamal?.Dispose();
    }
}
