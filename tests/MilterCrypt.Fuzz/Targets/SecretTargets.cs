using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.TestSupport;
using HashAlgorithm = MilterCrypt.OpenPgp.Packets.HashAlgorithm;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>Secret keys, and session keys encrypted to them or under passphrases. What comes out is always usable: a secret
/// belongs to its public key, a session key to its cipher.</summary>
internal static class SecretTargets
{
    private static ReadOnlySpan<byte> Passphrase => "password"u8;

    /// <summary>An octet that is odd for a subkey, and a packet's body.</summary>
    public static string Keys(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return "";
        if (!SecretKey.TryRead(input[1..].ToArray(), (input[0] & 1) == 1, out SecretKey? key, out string? reason))
            return Words(reason);

        using (key)
        {
            bool wasLocked = key.IsLocked;
            if (!key.TryUnlock(Passphrase, OpenPgpKeys.SmallCost, out reason))
                return Words(reason);
            if (key.CanSign)
                FuzzFailureException.Unless(SignsAsItself(key), "it signs what its public key does not verify");
            return $"{key.PublicKey.Version} {key.PublicKey.Algorithm} {wasLocked}";
        }
    }

    /// <summary>Transferable secret keys.</summary>
    public static string Certificates(ReadOnlySpan<byte> input)
    {
        string outcome = "";
        foreach (SecretCertificateReading reading in SecretCertificate.ReadAll(input.ToArray(), CertificateLimits.Default))
        {
            if (reading is not SecretCertificateReading.Readable(var secret))
            {
                outcome += Words(((SecretCertificateReading.Rejected)reading).Reason);
                continue;
            }

            using (secret)
            {
                var own = secret.Certificate.Subkeys.Select(subkey => subkey.Key.Fingerprint).Append(secret.Certificate.Fingerprint).ToHashSet();
                FuzzFailureException.Unless(secret.Keys.All(key => own.Contains(key.PublicKey.Fingerprint)), "a secret of somebody else's");
                secret.TryUnlock(Passphrase, OpenPgpKeys.SmallCost, out _);
                SecretKey? signing = secret.SigningKey(OpenPgpKeys.Now, AlgorithmPolicy.Default, out string? refusal);
                FuzzFailureException.Unless(signing is not null == refusal is null, "neither a key nor why not");
                FuzzFailureException.Unless(signing is null || signing is { CanSign: true, IsLocked: false }, "a key that can't sign");
                outcome += $"{secret.DecryptionKeys.Count} {refusal} ";
            }
        }

        return outcome.Length <= 100 ? outcome : outcome[..100];
    }

    /// <summary>An octet that says which, then a packet's body: odd for a passphrase, even for a public key.</summary>
    public static string SessionKeys(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return "";
        using var random = RandomNumberGenerator.Create();
        return (input[0] & 1) == 0 ? OpenForKeys(input[1..], random) : OpenForPassphrase(input[1..], random);
    }

    /// <summary>Seeds of <see cref="Keys"/>: those of the vectors, and some that are locked.</summary>
    public static IEnumerable<byte[]> KeySeeds() => Packets().SelectMany(packet => packet.Locked is null ? [packet.Plain] : new[] { packet.Plain, packet.Locked });

    /// <summary>Seeds of <see cref="Certificates"/>.</summary>
    public static IEnumerable<byte[]> CertificateSeeds() => Files("tsk.asc").Concat(Files("annex-a-5.asc")).Select(File.ReadAllBytes);

    /// <summary>Seeds of <see cref="SessionKeys"/>.</summary>
    public static IEnumerable<byte[]> SessionKeySeeds()
    {
        var messages = MessageSeeds.RealKeys.Concat(Directory.EnumerateFiles(
            Repository.PathOf("tests/vectors/openpgp-rfc9580"), "*.pgp", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        foreach (byte[] message in messages)
        {
            var reader = new PacketReader(ArmorReader.IsBinary(message) ? message : new ArmorReader(message).ReadNext()!.Data);
            while (reader.TryRead(out Packet packet))
            {
                if (packet.Tag is PacketTag.PublicKeyEncryptedSessionKey or PacketTag.SymmetricKeyEncryptedSessionKey)
                    yield return [(byte)(packet.Tag == PacketTag.SymmetricKeyEncryptedSessionKey ? 1 : 0), .. packet.Body.Span];
            }
        }

        foreach (S2k s2k in (S2k[])[new HashedS2k(HashAlgorithm.Sha256, new byte[8], 0), new HashedS2k(HashAlgorithm.Sha1, new byte[8], null), new HashedS2k(HashAlgorithm.Sha512, default, null)])
            yield return [1, .. PassphrasePacket(s2k, 3)];
        yield return [1, .. PassphrasePacket(new Argon2S2k(new byte[16], Passes: 1, Lanes: 1, MemoryExponent: 4), 6)];
    }

    private static string OpenForKeys(ReadOnlySpan<byte> body, RandomNumberGenerator random)
    {
        if (!EncryptedSessionKey.TryRead(body, out EncryptedSessionKey? packet))
            return "no session key";
        string outcome = "";
        foreach (SymmetricAlgorithm? cipher in (SymmetricAlgorithm?[])[null, SymmetricAlgorithm.Aes128])
        {
            int version = cipher is null ? 3 : packet.Version;
            using SessionKey? key = SessionKeyOpener.Open([packet], OpenPgpKeys.DecryptionKeys, version, cipher, random);
            bool isMeant = packet.Version == version && OpenPgpKeys.DecryptionKeys.Any(own => packet.MayBeFor(own.PublicKey));
            FuzzFailureException.Unless(key is not null == isMeant, "whether there is a key depends on a secret");
            outcome += $"{packet.Version} {packet.Algorithm} {Describe(key, cipher)} ";
        }

        return outcome;
    }

    private static string OpenForPassphrase(ReadOnlySpan<byte> body, RandomNumberGenerator random)
    {
        if (!PassphraseSessionKey.TryRead(body.ToArray(), out PassphraseSessionKey? packet, out string? reason))
            return Words(reason);
        SymmetricAlgorithm? cipher = packet.Version == 6 ? packet.Cipher : null;
        using SessionKey? key = SessionKeyOpener.OpenWithPassphrase(
            [packet], Passphrase, packet.Version == 6 ? 6 : 3, cipher, OpenPgpKeys.SmallCost, random, out string? refusal);
        FuzzFailureException.Unless(key is null == refusal is not null, "neither a key nor why not");
        return refusal is null ? $"{packet.Version} {packet.Cipher} {Describe(key, cipher)}" : Words(refusal);
    }

    private static string Describe(SessionKey? key, SymmetricAlgorithm? cipher)
    {
        if (key is null)
            return "none";
        FuzzFailureException.Unless(key.Octets.Length == key.Cipher.KeyLength() && key.Octets.Length > 0, "a key of another length");
        FuzzFailureException.Unless(cipher is null || cipher == key.Cipher, "a key of another cipher");
        return "a key";
    }

    private static bool SignsAsItself(SecretKey key)
    {
        byte[] digest = SHA512.HashData("x"u8);
        byte[] salt = key.PublicKey.Version == 6 ? new byte[32] : [];
        byte[] areas = new byte[key.PublicKey.Version == 6 ? 8 : 4];
        byte[] salted = key.PublicKey.Version == 6 ? [32, .. salt] : [];
        byte[] body =
        [
            (byte)key.PublicKey.Version, 0, (byte)key.PublicKey.Algorithm, (byte)HashAlgorithm.Sha512, .. areas, .. digest[..2], .. salted,
            .. key.SignDigest(HashAlgorithm.Sha512, digest),
        ];
        return Signature.TryRead(body, out Signature? signature, out _)
            && SignatureVerifier.Verify(signature, key.PublicKey, digest) == SignatureCheck.Good;
    }

    private static IEnumerable<(byte[] Plain, byte[]? Locked)> Packets()
    {
        foreach (byte[] file in CertificateSeeds())
        {
            var reader = new PacketReader(new ArmorReader(file).ReadNext()!.Data);
            while (reader.TryRead(out Packet packet))
            {
                if (packet.Tag is PacketTag.SecretKey or PacketTag.SecretSubkey)
                    yield return ([(byte)(packet.Tag == PacketTag.SecretSubkey ? 1 : 0), .. packet.Body.Span], Lock(packet));
            }
        }
    }

    // Of version 4, with a hash that is quick, in CFB with a SHA-1 (RFC 9580 §5.5.3).
    private static byte[]? Lock(Packet packet)
    {
        bool isSubkey = packet.Tag == PacketTag.SecretSubkey;
        if (!PublicKey.TryReadPublicPart(packet.Body, isSubkey, out PublicKey? key, out _) || key.Version != 4)
            return null;
        ReadOnlySpan<byte> secret = packet.Body.Span[(key.Body.Length + 1)..^2];
        byte[] derived = new byte[32], iv = new byte[16], locked = [.. secret, .. SHA1.HashData(secret)];
        var s2k = new HashedS2k(HashAlgorithm.Sha256, new byte[8], 0);
        s2k.TryDerive(Passphrase, S2kLimits.Default, derived, out _);
        using ICfbEncryptor cfb = CfbEncryptor.Create(SymmetricAlgorithm.Aes256, derived)!;
        cfb.Encrypt(locked, locked);
        return [(byte)(isSubkey ? 1 : 0), .. key.Body.Span, 254, (byte)SymmetricAlgorithm.Aes256, 3, (byte)HashAlgorithm.Sha256, .. new byte[8], 0, .. iv, .. locked];
    }

    private static byte[] PassphrasePacket(S2k s2k, int version)
    {
        var output = new ArrayBufferWriter<byte>();
        using var key = OpenPgpKeys.Known(version, SymmetricAlgorithm.Aes256);
        using var random = RandomNumberGenerator.Create();
        if (!PassphraseSessionKeyPacket.TryWrite(output, key, Passphrase, s2k, random, out string? reason))
            throw new InvalidOperationException(reason);
        new PacketReader(output.WrittenMemory).TryRead(out Packet packet);
        return packet.Body.ToArray();
    }

    private static IEnumerable<string> Files(string name) => Directory.EnumerateFiles(
        Repository.PathOf("tests/vectors/openpgp-rfc9580"), name, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string Words(string reason) => string.Join(' ', reason.Split(' ').Take(6));
}
