using System.Security.Cryptography;
using MilterCrypt.Engine.Keys;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Tests;

/// <summary>Keys of which nobody has the secret, for tests of how many there are.</summary>
internal static class SomeKey
{
    public static KeyAnswer.Usable New(int keys = 1)
    {
        var recipients = Enumerable.Range(0, keys).Select(_ => new EncryptionRecipient(X25519(), new RecipientCapabilities(false, [], []))).ToList();
        return new KeyAnswer.Usable(recipients[0].Key.Fingerprint, recipients);
    }

    private static PublicKey X25519()
    {
        byte[] packet = [4, 0x66, 0, 0, 0, (byte)PublicKeyAlgorithm.X25519, .. RandomNumberGenerator.GetBytes(32)];
        Assert.True(PublicKey.TryRead(packet, isSubkey: true, out var key, out string? reason), reason);
        return key;
    }
}
