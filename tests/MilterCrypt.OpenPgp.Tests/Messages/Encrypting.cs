using System.Buffers;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>Encrypts whole messages.</summary>
internal static class Encrypting
{
    public static byte[] Message(
        byte[] plaintext, IReadOnlyList<EncryptionRecipient> recipients, EncryptionOptions? options = null, int piece = 10_000,
        params IReadOnlyList<SecretKey> signers)
    {
        var output = new ArrayBufferWriter<byte>();
        options = (options ?? new EncryptionOptions()) with { Signers = [.. signers.Select(signer => signer.PublicKey)] };
        using var encryptor = MessageEncryptor.Create(recipients, output, options);
        for (int position = 0; position < plaintext.Length; position += piece)
            encryptor.Write(plaintext.AsSpan(position, Math.Min(piece, plaintext.Length - position)));
        encryptor.Complete(signers);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Octets that don't repeat soon, the same each time.</summary>
    public static byte[] Plaintext(int length)
    {
        byte[] octets = new byte[length];
        new Random(length).NextBytes(octets);
        return octets;
    }

    /// <summary>Lines of ASCII that end in LF.</summary>
    public static byte[] Text(int length) =>
        [.. Plaintext(length).Select((octet, i) => i % 70 == 69 ? (byte)'\n' : (byte)(' ' + (octet % 95)))];
}
