using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Has a secret key, and is asked for nothing but numbers: a card, or another process.</summary>
internal static class Elsewhere
{
    /// <summary>Does an operation; null where it can't.</summary>
    public static byte[]? Do(SecretKey key, PrivateKeyOperation operation)
    {
        Assert.Equal(key.PublicKey.Fingerprint, operation.Key.Fingerprint);
        byte[] result = new byte[operation.ResultLength];
        return operation switch
        {
            PrivateKeyOperation.Rsa(_, var number) => key.Material!.Key!.TryDecryptWithoutPadding(number.Span, result),
            PrivateKeyOperation.Agreement(_, var point) => Agree(key, point, result),
            _ => false,
        } ? result : null;
    }

    private static bool Agree(SecretKey key, ReadOnlyMemory<byte> point, byte[] result)
    {
        using var peer = key.PublicKey.Material switch
        {
            PublicKeyMaterial.Ecdh { Curve: { IsWeierstrass: true } curve } => EvpPublicKey.ImportEllipticCurve(NativeKey.NativeCurve(curve), point.Span),
            PublicKeyMaterial.X448 => EvpPublicKey.ImportRaw(RawKeyKind.X448, point.Span),
            _ => EvpPublicKey.ImportRaw(RawKeyKind.X25519, point.Span),
        };
        return key.Material!.Key!.TryAgreeWith(peer!, result);
    }
}
