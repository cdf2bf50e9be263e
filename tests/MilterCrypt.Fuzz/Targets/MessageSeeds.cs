using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>Honest messages and signatures, made when the first target asks. What was sealed and signed in them is known, so
/// that a reader who says otherwise is found out.</summary>
internal static class MessageSeeds
{
    /// <summary>What was signed, and nothing else was.</summary>
    public static byte[] Signed { get; } = "Dear Bob,\r\n- tea at five?\r\n\r\nFrom Alice\r\n"u8.ToArray();

    private static readonly byte[] Letter = "a letter"u8.ToArray();

    private static readonly byte[] Lines = [.. Enumerable.Repeat("the same line again\n"u8.ToArray(), 100).SelectMany(line => line)];

    private static readonly byte[][] Sealed = [Letter, Lines, Signed, []];

    /// <summary>Under the session key that is known, and in clear.</summary>
    public static IReadOnlyList<byte[]> KnownKey { get; } = [.. MakeKnownKey()];

    /// <summary>To the keys of <see cref="OpenPgpKeys"/>.</summary>
    public static IReadOnlyList<byte[]> RealKeys { get; } = [.. MakeRealKeys()];

    /// <summary>What came out of the honest messages to real keys.</summary>
    private static readonly HashSet<string> Opened = [.. RealKeys.Select(Open).Concat(Sealed).Select(Convert.ToBase64String)];

    // The texts of the vectors, and ours.
    private static readonly HashSet<string> SignedTexts = [.. Seeds.CleartextVectors().Select(Cleartext).Append(Canonical(Signed))];

    /// <summary>Whether somebody sealed this text in a seed.</summary>
    public static bool IsSealed(byte[] text) => Opened.Contains(Convert.ToBase64String(text));

    /// <summary>Whether somebody signed this text; as text, its line ends don't count.</summary>
    public static bool IsSigned(ReadOnlySpan<byte> text, bool asText) => text.SequenceEqual(Signed)
        || (asText && SignedTexts.Contains(Canonical(text)));

    /// <summary>Text signed by several owners.</summary>
    public static byte[] Sign(Func<IReadOnlyList<PublicKey>, IBufferWriter<byte>, SigningOptions, MessageSigner> form, SigningOptions options, params int[] owners)
    {
        var keys = owners.Select(OpenPgpKeys.SigningKey).ToList();
        var output = new ArrayBufferWriter<byte>();
        using MessageSigner signer = form([.. keys.Select(key => key.PublicKey)], output, options);
        signer.Write(Signed);
        signer.Complete(keys);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A packet with a definite length.</summary>
    public static byte[] Packet(PacketTag tag, params byte[] body)
    {
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, tag, body);
        return output.WrittenSpan.ToArray();
    }

    private static string Canonical(ReadOnlySpan<byte> text) => Encoding.Latin1.GetString(text).Replace("\r\n", "\n", StringComparison.Ordinal);

    // The end of the last line is not signed (RFC 9580 §7.2), but shown.
    private static string Cleartext(byte[] message)
    {
        if (!CleartextMessage.TryRead(message, out var read, out string? reason))
            throw new InvalidOperationException(reason);
        using (read)
            return Canonical([.. read.Text.Span, .. "\r\n"u8]);
    }

    private static byte[] Literal(byte[] text) => Packet(PacketTag.LiteralData, [(byte)'b', 0, 0, 0, 0, 0, .. text]);

    private static byte[] Inline(SigningOptions options, params int[] owners)
    {
        using var buffers = new ClearedBufferPool();
        return Sign((keys, output, form) => MessageSigner.Inline(keys, output, form, buffers), options, owners);
    }

    private static IEnumerable<byte[]> MakeKnownKey()
    {
        var binary = new SigningOptions { Armor = false };
        byte[][] packets =
        [
            Literal(Letter), Literal(Lines), Compressed(Literal(Lines), isZlib: false), Compressed(Compressed(Literal(Letter), isZlib: false), isZlib: true),
            Inline(binary, 0), Inline(binary, 4, 3), Inline(binary with { IsText = true }, 1), Compressed(Inline(binary, 2), isZlib: true),
            [.. Packet(PacketTag.Marker, "PGP"u8.ToArray()), .. Packet(PacketTag.Padding, new byte[20]), .. Literal(Letter), .. Packet((PacketTag)60, 1)],
        ];
        return packets.SelectMany(inner => new[] { inner, Seal(1, inner), Seal(2, inner) })
            .SelectMany(message => new[] { message, Armored("PGP MESSAGE", message) });
    }

    private static IEnumerable<byte[]> MakeRealKeys()
    {
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests/vectors/openpgp-rfc9580"), "enc-*.msg", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            yield return File.ReadAllBytes(file);
        for (int owner = 0; owner < OpenPgpKeys.Secrets.Count; owner++)
        {
            var verdict = (EncryptionVerdict.Usable)OpenPgpKeys.Certificates[owner].At(OpenPgpKeys.Now, AlgorithmPolicy.Default).ForEncryption();
            foreach (bool isAnonymous in new[] { false, true })
                yield return Encrypted([.. verdict.Recipients.Select(recipient => recipient with { IsAnonymous = isAnonymous })], owner, armor: false);
        }

        yield return Encrypted([.. OpenPgpKeys.Certificates.Take(5).SelectMany(certificate =>
            ((EncryptionVerdict.Usable)certificate.At(OpenPgpKeys.Now, AlgorithmPolicy.Default).ForEncryption()).Recipients)], signer: 0, armor: true);
    }

    private static byte[] Encrypted(IReadOnlyList<EncryptionRecipient> recipients, int signer, bool armor)
    {
        var output = new ArrayBufferWriter<byte>();
        var key = OpenPgpKeys.SigningKey(signer);
        var options = new EncryptionOptions { Armor = armor, Signers = [key.PublicKey] };
        using MessageEncryptor encryptor = MessageEncryptor.Create(recipients, output, options);
        encryptor.Write(Signed);
        encryptor.Complete([key]);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Open(byte[] message)
    {
        var output = new MemoryStream();
        try
        {
            new Pgp().DecryptAsync(new MemoryStream(message), output, OpenPgpKeys.Secrets, []).GetAwaiter().GetResult();
        }
        catch (OpenPgpException)
        {
            // One of the keys that are not used here.
        }

        return output.ToArray();
    }

    private static byte[] Seal(int version, byte[] packets)
    {
        var output = new ArrayBufferWriter<byte>();
        var body = new PartialBodyWriter(
            new BinaryOutput(output), PacketTag.SymmetricallyEncryptedIntegrityProtectedData, new byte[PartialBodyWriter.SmallestPiece]);
        using var key = OpenPgpKeys.Known(version == 2 ? 6 : 3, SymmetricAlgorithm.Aes256);
        using var random = RandomNumberGenerator.Create();
        byte[] buffer = new byte[EncryptedDataV2.ChunkLength];
        IOctetSink data = version == 2 ? new EncryptedDataV2(body, key, random, buffer) : new EncryptedDataV1(body, key, random, buffer);
        using var owned = (IDisposable)data;
        data.Write(packets);
        data.Complete();
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Compressed(byte[] packets, bool isZlib)
    {
        var compressed = new MemoryStream();
        using (Stream stream = isZlib ? new ZLibStream(compressed, CompressionLevel.Optimal) : new DeflateStream(compressed, CompressionLevel.Optimal))
            stream.Write(packets);
        return Packet(PacketTag.CompressedData, [(byte)(isZlib ? 2 : 1), .. compressed.ToArray()]);
    }

    /// <summary>Armor around packets.</summary>
    public static byte[] Armored(string label, byte[] packets)
    {
        var output = new ArrayBufferWriter<byte>();
        var armor = new ArmorWriter(output, new ArmorOptions(label, LineEnding.Lf, WithChecksum: true));
        ((IOctetSink)armor).Write(packets);
        ((IOctetSink)armor).Complete();
        return output.WrittenSpan.ToArray();
    }
}
