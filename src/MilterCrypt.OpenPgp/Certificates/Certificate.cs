using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A transferable public key (RFC 9580 §10.1): a primary key, its user IDs and subkeys, and what it says of
/// them. Immutable and usable from several threads. Nothing in it is believed until <see cref="At"/> judges it.</summary>
public sealed class Certificate
{
    internal Certificate(PublicKey primaryKey) => PrimaryKey = primaryKey;

    private Certificate(Certificate other, int droppedPackets)
    {
        PrimaryKey = other.PrimaryKey;
        DirectSignatures = other.DirectSignatures;
        Revocations = other.Revocations;
        UserIds = other.UserIds;
        Subkeys = other.Subkeys;
        DirectRevocations = other.DirectRevocations;
        OthersRevocations = other.OthersRevocations;
        DroppedPackets = droppedPackets;
    }

    /// <summary>The key that everything hangs on.</summary>
    public PublicKey PrimaryKey { get; }

    /// <summary>The certificate's name.</summary>
    public Fingerprint Fingerprint => PrimaryKey.Fingerprint;

    /// <summary>Claimed direct-key signatures.</summary>
    public IReadOnlyList<SelfSignature> DirectSignatures { get; internal init; } = [];

    /// <summary>Claimed revocations of the whole certificate.</summary>
    public IReadOnlyList<SelfSignature> Revocations { get; internal init; } = [];

    /// <summary>The user IDs, in the order of their first appearance.</summary>
    public IReadOnlyList<CertificateUserId> UserIds { get; internal init; } = [];

    /// <summary>The subkeys, in the order of their first appearance.</summary>
    public IReadOnlyList<CertificateSubkey> Subkeys { get; internal init; } = [];

    /// <summary>How many packets were left out on reading: others' certifications, pictures, what can't be read.</summary>
    public int DroppedPackets { get; internal init; }

    /// <summary>Claimed revocations of direct-key signatures (RFC 9580 §5.2.1.13).</summary>
    internal IReadOnlyList<SelfSignature> DirectRevocations { get; init; } = [];

    /// <summary>Claimed revocations by those whom the key appointed (RFC 9580 §5.2.3.23), one of each.</summary>
    internal IReadOnlyList<Signature> OthersRevocations { get; init; } = [];

    /// <summary>All claimed signatures by the primary key.</summary>
    internal IEnumerable<SelfSignature> SelfSignatures =>
    [
        .. DirectSignatures, .. Revocations, .. DirectRevocations,
        .. UserIds.SelectMany(static userId => userId.SelfSignatures.Concat(userId.Revocations)),
        .. Subkeys.SelectMany(static subkey => subkey.Bindings.Select(static binding => binding.Signature).Concat(subkey.Revocations)),
    ];

    /// <summary>Reads every certificate in an input: armored or binary, one or a whole keyring. Parts of the same
    /// certificate that stand in several places are merged. Hostile input ends as <see cref="CertificateReading.Rejected"/>.</summary>
    /// <param name="input">A file's content.</param>
    /// <param name="limits">What one certificate may have.</param>
    public static IReadOnlyList<CertificateReading> ReadAll(ReadOnlyMemory<byte> input, CertificateLimits limits) =>
        new CertificateReader(limits).Read(input);

    /// <summary>Reads the one certificate in an input, armored or binary.</summary>
    /// <param name="input">A file's content.</param>
    /// <exception cref="OpenPgpException">There is none, or more than one, or it can't be read: the text says why.</exception>
    public static Certificate Read(ReadOnlyMemory<byte> input) => ReadAll(input, CertificateLimits.Default) switch
    {
        [CertificateReading.Readable(var certificate)] => certificate,
        [CertificateReading.Rejected(_, var reason, _)] => throw new OpenPgpException(reason),
        var several => throw new OpenPgpException($"{several.Count} certificates where one is wanted"),
    };

    /// <summary>This certificate with all that <paramref name="other"/> knows of the same key; or why that can't be.</summary>
    /// <exception cref="ArgumentException">The other one is of another key.</exception>
    public CertificateReading MergedWith(Certificate other, CertificateLimits limits)
    {
        if (!other.Fingerprint.Equals(Fingerprint))
            throw new ArgumentException("Certificates of different keys.", nameof(other));

        var builder = new CertificateBuilder(PrimaryKey, limits);
        builder.Add(this);
        builder.Add(other);
        return builder.Build();
    }

    /// <summary>This certificate without the claimed self-signatures that the key did not make, which anybody who had the
    /// certificate in hand may have appended. What this system can't verify is kept. Every signature is verified, so this
    /// takes longer than reading did; it is meant for certificates that come in and are to be kept.</summary>
    public Certificate WithoutBadSignatures()
    {
        int bad = 0;
        var rest = With(
            revocations: Verified(Revocations),
            directSignatures: Verified(DirectSignatures),
            directRevocations: Verified(DirectRevocations),
            userIds: [.. UserIds.Select(userId => userId with
            {
                SelfSignatures = Verified(userId.SelfSignatures),
                Revocations = Verified(userId.Revocations),
            })],
            subkeys: [.. Subkeys.Select(subkey => subkey with
            {
                Bindings = [.. subkey.Bindings.Where(binding => IsKept(binding.Signature))],
                Revocations = Verified(subkey.Revocations),
            })]);
        return new Certificate(rest, DroppedPackets + bad);

        List<SelfSignature> Verified(IReadOnlyList<SelfSignature> signatures) => [.. signatures.Where(IsKept)];

        bool IsKept(SelfSignature signature)
        {
            bool kept = signature.Verify() != SignatureCheck.Bad;
            bad += kept ? 0 : 1;
            return kept;
        }
    }

    /// <summary>What is needed of this certificate to write to its owner now, for publishing: of what the key says of itself, of
    /// each user ID and of each subkey the newest that counts, and all revocations. User IDs that don't count any more are left
    /// out, but for revoked ones, and so are others' certifications. Signatures that are older than what is left can't be judged
    /// with it any more.</summary>
    /// <param name="time">For when the certificate is judged.</param>
    /// <param name="policy">What algorithms are good enough.</param>
    /// <param name="addressMatches">Of the user IDs only those with such an address; null for all.</param>
    public Certificate Minimal(DateTimeOffset time, AlgorithmPolicy policy, Func<string, bool>? addressMatches = null) =>
        new CertificateMinimizer(this, time, policy).Minimize(addressMatches);

    /// <summary>This certificate, revoked with what its owner kept in a safe place, or somebody else of him.</summary>
    /// <param name="revocation">Armored or binary: a revocation of this key alone, or a certificate with one.</param>
    /// <param name="revoked">The revoked certificate.</param>
    /// <param name="reason">Why there is none: it is no revocation, or another key's.</param>
    public bool TryRevoke(
        ReadOnlyMemory<byte> revocation, [NotNullWhen(true)] out Certificate? revoked, [NotNullWhen(false)] out string? reason)
    {
        revoked = null;
        reason = "no revocation of this key";
        var packets = ArmorReader.IsBinary(revocation.Span) ? revocation : new ArmorReader(revocation).ReadNext()?.Data ?? default;
        var reader = new PacketReader(packets);
        while (reader.TryRead(out var packet))
        {
            if (packet.Tag != PacketTag.Signature || !Signature.TryRead(packet.Body.Span, out var signature, out _)
                || signature.Type != SignatureType.KeyRevocation)
                continue;

            var claimed = new SelfSignature(signature, PrimaryKey, new SignedSubject.Key(PrimaryKey));
            if (claimed.Verify() != SignatureCheck.Good)
                continue;
            reason = null;
            revoked = With(revocations: [.. Revocations, claimed]);
            return true;
        }

        return false;
    }

    /// <summary>This certificate with other parts.</summary>
    internal Certificate With(
        IReadOnlyList<SelfSignature>? directSignatures = null, IReadOnlyList<SelfSignature>? revocations = null,
        IReadOnlyList<SelfSignature>? directRevocations = null, IReadOnlyList<CertificateUserId>? userIds = null,
        IReadOnlyList<CertificateSubkey>? subkeys = null) => new(this, DroppedPackets)
        {
            DirectSignatures = directSignatures ?? DirectSignatures,
            Revocations = revocations ?? Revocations,
            DirectRevocations = directRevocations ?? DirectRevocations,
            UserIds = userIds ?? UserIds,
            Subkeys = subkeys ?? Subkeys,
        };

    /// <summary>Judges it: what is valid, and what may be used, at a time.</summary>
    public CertificateView At(DateTimeOffset time, AlgorithmPolicy policy) => new CertificateJudge(this, time, policy).Judge();

    /// <summary>Whether messages may have been encrypted to one of its keys, also where that has expired or was revoked since: old
    /// mail stays readable. A key whose owner never said that it encrypts is none of them, unless he said nothing at all.</summary>
    /// <param name="key">Of this certificate: for others' keys the answer is no.</param>
    /// <remarks>What anybody claimed is enough here, and no claim says whose the secret is: an owner may have bound somebody
    /// else's key to his own.</remarks>
    public bool IsForDecryption(PublicKey key)
    {
        var subkey = Subkeys.FirstOrDefault(subkey => subkey.Key.Fingerprint.Equals(key.Fingerprint));
        if (!key.CanEncrypt || (subkey is null && !key.Fingerprint.Equals(Fingerprint)))
            return false;

        var statements = subkey is null
            ? DirectSignatures.Concat(UserIds.SelectMany(static userId => userId.SelfSignatures))
            : subkey.Bindings.Select(static binding => binding.Signature);
        var usages = statements.Select(static statement => statement.Signature.Facts.KeyUsage).OfType<KeyUsage>().ToList();
        return usages.Count == 0 || usages.Any(static usage => (usage & (KeyUsage.EncryptCommunications | KeyUsage.EncryptStorage)) != 0);
    }

    /// <summary>The binary form: what was kept, and nothing else.</summary>
    public byte[] ToArray()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        CertificateWriter.Write(this, output, CertificateWriter.WritePublicKey);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The armored form of <see cref="ToArray"/>: lines that end in LF.</summary>
    public byte[] ToArmor()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        CertificateWriter.Armor(ToArray(), PrimaryKey, ArmorReader.PublicKeyLabel, output);
        return output.WrittenSpan.ToArray();
    }
}
