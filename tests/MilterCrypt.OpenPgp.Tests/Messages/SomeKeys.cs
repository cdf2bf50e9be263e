using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Public keys of which nobody has the secret, for tests that decrypt nothing.</summary>
internal static class SomeKeys
{
    public static PublicKey X25519(byte version = 4)
    {
        // The base point's neighbours are as good as any.
        byte[] point = RandomNumberGenerator.GetBytes(32);
        return Read([version, 0x66, 0, 0, 0, (byte)PublicKeyAlgorithm.X25519, .. version == 6 ? [0, 0, 0, 32] : Array.Empty<byte>(), .. point]);
    }

    /// <summary>A key with which everybody agrees on zeros.</summary>
    public static PublicKey OfSmallOrder() => Read([4, 0x66, 0, 0, 0, (byte)PublicKeyAlgorithm.X25519, .. new byte[32]]);

    public static PublicKey SigningOnly() => Read([4, 0x66, 0, 0, 0, (byte)PublicKeyAlgorithm.Ed25519, .. new byte[31], 1]);

    private static PublicKey Read(byte[] body)
    {
        Assert.True(PublicKey.TryRead(body, isSubkey: true, out PublicKey? key, out string? reason), reason);
        return key;
    }
}
