using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = System.Security.Cryptography.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.Secrets;

/// <summary>Locks an unlocked version 4 packet in the ways of three decades, by the tests' own understanding of RFC 9580
/// §5.5.3 and §3.7.</summary>
internal static class LockedPacket
{
    public static TheoryData<string> Ways { get; } =
    [
        "254 simple", "254 salted", "254 iterated", "254 iterated 3des", "254 iterated sha512", "255 salted", "255 iterated", "legacy",
        "legacy 3des",
    ];

    public static SecretPacket Lock(SecretPacket packet, string way, string passphrase)
    {
        string[] words = way.Split(' ');
        bool isTripleDes = words.Contains("3des");
        byte cipher = isTripleDes ? (byte)2 : (byte)9;
        int keyLength = isTripleDes ? 24 : 32;
        bool isLegacy = words[0] == "legacy";
        byte hash = isLegacy ? (byte)1 : words.Contains("sha512") ? (byte)10 : (byte)2;
        byte[] salt = isLegacy || words.Contains("simple") ? [] : RandomNumberGenerator.GetBytes(8);
        bool isIterated = words.Contains("iterated");
        byte[] iv = RandomNumberGenerator.GetBytes(isTripleDes ? 8 : 16);

        byte[] specifier = [isIterated ? (byte)3 : salt.Length > 0 ? (byte)1 : (byte)0, hash, .. salt, .. isIterated ? [0] : Array.Empty<byte>()];
        byte[] fields = isLegacy ? [cipher] : [byte.Parse(words[0]), cipher, .. specifier];

        byte[] publicPart = PublicPart(packet);
        byte[] numbers = packet.Body[(publicPart.Length + 1)..^2];
        byte[] secret = words[0] == "254" ? [.. numbers, .. SHA1.HashData(numbers)] : [.. numbers, .. packet.Body[^2..]];
        byte[] key = Derive(hash, [.. salt, .. Encoding.UTF8.GetBytes(passphrase)], isIterated ? 1024 : 0, keyLength);
        return packet with { Body = [.. publicPart, .. fields, .. iv, .. Cfb(isTripleDes, key, iv, secret)] };
    }

    public static byte[] PublicPart(SecretPacket packet)
    {
        Assert.True(PublicKey.TryReadPublicPart(packet.Body, packet.IsSubkey, out var key, out string? reason), reason);
        return key.Body.ToArray();
    }

    private static byte[] Derive(byte hash, byte[] salted, int count, int length)
    {
        byte[] data = salted;
        while (data.Length < count)
            data = [.. data, .. salted];
        data = data[..Math.Max(count, salted.Length)];
        byte[] key = [];
        for (int zeros = 0; key.Length < length; zeros++)
        {
            byte[] input = [.. new byte[zeros], .. data];
            key = [.. key, .. hash switch { 1 => MD5.HashData(input), 10 => SHA512.HashData(input), _ => SHA1.HashData(input) }];
        }

        return key[..length];
    }

    private static byte[] Cfb(bool isTripleDes, byte[] key, byte[] iv, byte[] data)
    {
        using SymmetricAlgorithm cipher = isTripleDes ? TripleDES.Create() : Aes.Create();
        cipher.Key = key;
        byte[] padded = [.. data, .. new byte[16 - (data.Length % 16)]];
        return cipher.EncryptCfb(padded, iv, PaddingMode.None, 8 * iv.Length)[..data.Length];
    }
}
