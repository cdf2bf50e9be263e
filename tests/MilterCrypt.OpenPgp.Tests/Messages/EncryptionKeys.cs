using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Takes the encryption subkeys out of a certificate without judging it: here it is the message that is tested.</summary>
internal static class EncryptionKeys
{
    /// <summary>A recipient who reads version 1 with AES-256.</summary>
    public static RecipientCapabilities V1 { get; } = new(false, [SymmetricAlgorithm.Aes256, SymmetricAlgorithm.Aes128], []);

    /// <summary>A recipient who reads version 2 with AES-256.</summary>
    public static RecipientCapabilities V2 { get; } =
        new(true, [SymmetricAlgorithm.Aes256], [new AeadCiphersuite(SymmetricAlgorithm.Aes256, AeadAlgorithm.Ocb)]);

    public static EncryptionRecipient RecipientOf(byte[] certificate, RecipientCapabilities capabilities) =>
        new(KeysOf(certificate).Last(), capabilities);

    private static IEnumerable<PublicKey> KeysOf(byte[] certificate)
    {
        byte[] packets = certificate[0] == '-' ? Dearmor(certificate) : certificate;
        int position = 0;
        while (position < packets.Length)
        {
            (int tag, int length) = ReadHeader(packets, ref position);
            if (tag == 14 && PublicKey.TryRead(packets.AsSpan(position, length), true, out PublicKey? key, out _) && CanEncrypt(key))
                yield return key;
            position += length;
        }
    }

    private static bool CanEncrypt(PublicKey key) => key.Material
        is PublicKeyMaterial.Rsa or PublicKeyMaterial.Ecdh or PublicKeyMaterial.X25519 or PublicKeyMaterial.X448;

    private static (int Tag, int Length) ReadHeader(byte[] packets, ref int position)
    {
        int first = packets[position++];
        int octets;
        if ((first & 0x40) == 0)
        {
            octets = 1 << (first & 3);
            return ((first >> 2) & 15, ReadNumber(packets, ref position, octets));
        }

        int length = packets[position++];
        if (length is >= 192 and < 255)
            length = ((length - 192) << 8) + packets[position++] + 192;
        else if (length == 255)
            length = ReadNumber(packets, ref position, 4);
        return (first & 63, length);
    }

    private static int ReadNumber(byte[] packets, ref int position, int octets)
    {
        int number = 0;
        for (int i = 0; i < octets; i++)
            number = (number << 8) | packets[position++];
        return number;
    }

    private static byte[] Dearmor(byte[] armor)
    {
        string[] lines = System.Text.Encoding.ASCII.GetString(armor).ReplaceLineEndings("\n").Split('\n');
        IEnumerable<string> body = lines.SkipWhile(line => line.Length > 0).Skip(1).TakeWhile(line => line.Length > 0 && line[0] is not ('=' or '-'));
        return Convert.FromBase64String(string.Concat(body));
    }
}
