using System.Buffers;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Writes certificates, with their public keys or with secret ones (RFC 9580 §10.1, §10.2).</summary>
internal static class CertificateWriter
{
    /// <summary>Writes all that was kept of one, and nothing else.</summary>
    /// <param name="certificate">What is written.</param>
    /// <param name="output">Receives the packets.</param>
    /// <param name="writeKey">Writes the packet of a key, a public or a secret one.</param>
    public static void Write(Certificate certificate, IBufferWriter<byte> output, Action<PublicKey, IBufferWriter<byte>> writeKey)
    {
        writeKey(certificate.PrimaryKey, output);
        WriteAll(output, certificate.Revocations);
        WriteAll(output, certificate.OthersRevocations);
        WriteAll(output, certificate.DirectSignatures);
        WriteAll(output, certificate.DirectRevocations);
        foreach (var userId in certificate.UserIds)
        {
            PacketWriter.Write(output, PacketTag.UserId, userId.UserId.Octets.Span);
            WriteAll(output, userId.SelfSignatures);
            WriteAll(output, userId.Revocations);
            WriteAll(output, userId.Certifications);
        }

        foreach (var subkey in certificate.Subkeys)
        {
            writeKey(subkey.Key, output);
            WriteAll(output, subkey.Bindings.Select(static binding => binding.Signature));
            WriteAll(output, subkey.Revocations);
            WriteAll(output, subkey.OthersRevocations);
        }
    }

    /// <summary>Writes the packet of a public key.</summary>
    public static void WritePublicKey(PublicKey key, IBufferWriter<byte> output) =>
        PacketWriter.Write(output, key.IsSubkey ? PacketTag.PublicSubkey : PacketTag.PublicKey, key.Body.Span);

    /// <summary>Writes packets as armor, with a checksum where an older GnuPG may read it.</summary>
    public static void Armor(ReadOnlySpan<byte> packets, PublicKey key, string label, IBufferWriter<byte> output)
    {
        var armor = new ArmorWriter(output, new ArmorOptions(label, LineEnding.Lf, WithChecksum: key.Version < 6));
        armor.Write(packets);
        armor.Complete();
    }

    private static void WriteAll(IBufferWriter<byte> output, IEnumerable<SelfSignature> signatures) =>
        WriteAll(output, signatures.Select(static signature => signature.Signature));

    private static void WriteAll(IBufferWriter<byte> output, IEnumerable<Signature> signatures)
    {
        foreach (var signature in signatures)
            PacketWriter.Write(output, PacketTag.Signature, signature.Body.Span);
    }
}
