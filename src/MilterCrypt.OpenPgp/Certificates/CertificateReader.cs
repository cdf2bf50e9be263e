using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>Reads inputs of any number of certificates. Owned by one reading.</summary>
/// <param name="limits">What one certificate may have.</param>
/// <param name="secrets">Takes secret keys, where they are wanted: of their packets the public parts make the certificates
/// then. Null where a secret key is a mistake of whoever hands it over.</param>
internal sealed class CertificateReader(CertificateLimits limits, SecretKeyShelf? secrets = null)
{
    // How often one certificate may stand in an input: merging the copies takes as long as all that came before each.
    private const int MaxCopies = 100;

    private readonly List<CertificateReading> readings = [];
    private readonly Dictionary<Fingerprint, (int Index, int Copies)> places = [];

    // The certificate being read; null between two, and while one that was refused is skipped.
    private CertificateBuilder? builder;

    /// <summary>Reads all of an input.</summary>
    public IReadOnlyList<CertificateReading> Read(ReadOnlyMemory<byte> input)
    {
        if (ArmorReader.IsBinary(input.Span))
            ReadPackets(input);
        else
            ReadArmor(input);
        return readings;
    }

    private void ReadArmor(ReadOnlyMemory<byte> text)
    {
        var armor = new ArmorReader(text);
        while (armor.ReadNext() is { } block)
        {
            // A damaged block may end in the middle of what matters, a revocation: none of it is taken.
            if (block.Problem is not null)
                Reject(null, $"damaged armor ({block.Problem})");
            else if (block.Label is ArmorReader.PublicKeyLabel or ArmorReader.PrivateKeyLabel)
                ReadPackets(block.Data);
            else
                Reject(null, $"no certificate, but a {block.Label}");

            // What was kept of it was copied, and secrets went to libcrypto.
            if (block.Label == ArmorReader.PrivateKeyLabel)
                CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(block.Data).Span);
        }

        if (readings.Count == 0)
            Reject(null, "no OpenPGP data");
    }

    private void ReadPackets(ReadOnlyMemory<byte> octets)
    {
        var reader = new PacketReader(octets);
        bool isFirst = true;
        bool isSkipping = false;
        while (reader.TryRead(out var packet))
        {
            switch (packet.Tag)
            {
                case PacketTag.PublicKey or PacketTag.SecretKey:
                    Finish();
                    isSkipping = !Begin(packet);
                    break;
                case PacketTag.Marker or PacketTag.Padding or PacketTag.Trust:
                    break;
                case PacketTag.SecretSubkey when builder is not null && secrets is null:
                    RejectSecret(builder.PrimaryKey.Fingerprint);
                    isSkipping = true;
                    break;
                case var _ when builder is not null:
                    isSkipping = !Add(builder, packet);
                    break;
                case var _ when !isSkipping && isFirst:
                    Reject(null, ReasonOfStray(packet));
                    isSkipping = true;
                    break;
            }

            isFirst = false;
        }

        if (reader.Problem is null)
        {
            Finish();
            return;
        }

        // What was cut off may be a revocation: the certificate that it happened in is not taken.
        Reject(builder?.PrimaryKey.Fingerprint, reader.Problem);
        builder = null;
    }

    private bool Begin(Packet packet)
    {
        if (packet.Tag == PacketTag.SecretKey && secrets is null)
        {
            _ = PublicKey.TryReadPublicPart(packet.Body, isSubkey: false, out var secret, out _);
            RejectSecret(secret?.Fingerprint);
            return false;
        }

        if (TryReadKey(packet, primary: null, out var key, out string? reason))
        {
            builder = new CertificateBuilder(key, limits);
            return true;
        }

        Reject(null, reason);
        return false;
    }

    private bool TryReadKey(
        Packet packet, PublicKey? primary, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? reason) =>
        packet.Tag is PacketTag.SecretKey or PacketTag.SecretSubkey
            ? secrets!.TryAdd(packet, primary, out key, out reason)
            : PublicKey.TryRead(packet.Body.Span, packet.Tag == PacketTag.PublicSubkey, out key, out reason);

    private bool Add(CertificateBuilder certificate, Packet packet)
    {
        switch (packet.Tag)
        {
            case PacketTag.Signature:
                certificate.AddSignature(packet.Body);
                return true;
            case PacketTag.UserId when packet.Body.Length <= UserId.MaxLength:
                certificate.AddUserId(new UserId(packet.Body.Span));
                return true;
            case PacketTag.PublicSubkey or PacketTag.SecretSubkey
                when TryReadKey(packet, certificate.PrimaryKey, out var key, out _) && key.Version == certificate.PrimaryKey.Version:
                certificate.AddSubkey(key);
                return true;
            case PacketTag.UserId or PacketTag.UserAttribute or PacketTag.PublicSubkey or PacketTag.SecretSubkey:
            case var _ when !packet.IsCritical:
                certificate.Drop();
                return true;
            default:
                Reject(certificate.PrimaryKey.Fingerprint, $"a packet of type {(int)packet.Tag} in a certificate");
                builder = null;
                return false;
        }
    }

    // Programs write a revocation for later use as a signature alone, labelled as a public key.
    private static string ReasonOfStray(Packet packet) =>
        packet.Tag == PacketTag.Signature && Signature.TryRead(packet.Body.Span, out var signature, out _)
        && signature.Type == SignatureType.KeyRevocation
            ? "a revocation without its certificate"
            : $"no certificate: it begins with a packet of type {(int)packet.Tag}";

    private void Finish()
    {
        if (builder is null)
            return;
        var reading = builder.Build();
        var fingerprint = builder.PrimaryKey.Fingerprint;
        builder = null;
        if (!places.TryGetValue(fingerprint, out var place))
        {
            places.Add(fingerprint, (readings.Count, 1));
            readings.Add(reading);
            return;
        }

        // A refusal stands: the other copy may lack what this one was refused for.
        places[fingerprint] = place with { Copies = place.Copies + 1 };
        if (readings[place.Index] is not CertificateReading.Readable(var first))
            return;
        if (place.Copies == MaxCopies)
            reading = new CertificateReading.Rejected(fingerprint, $"more than {MaxCopies} copies of one certificate");
        readings[place.Index] = reading is CertificateReading.Readable(var second) ? first.MergedWith(second, limits) : reading;
    }

    private void RejectSecret(Fingerprint? fingerprint)
    {
        builder = null;
        readings.Add(new CertificateReading.Rejected(fingerprint, "a secret key, of which nothing is kept", IsSecretKey: true));
    }

    private void Reject(Fingerprint? fingerprint, string reason) =>
        readings.Add(new CertificateReading.Rejected(fingerprint, reason));
}
