using System.Buffers;
using System.Buffers.Binary;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>Says whether a key made a signature over something: mathematics alone. Whether the key was allowed to,
/// and whether its algorithms are still good enough, is judged elsewhere.</summary>
internal static class SignatureVerifier
{
    /// <summary>Verifies; anything malformed is <see cref="SignatureCheck.Bad"/>.</summary>
    public static SignatureCheck Verify(Signature signature, PublicKey issuer, SignedSubject subject)
    {
        // A hash that exists nowhere is a forgery; one that this system lacks or forbids is a matter of its own.
        if (!Fits(signature, issuer) || signature.HashAlgorithm.Native() is null)
            return SignatureCheck.Bad;

        var hashed = new ArrayBufferWriter<byte>(1024);
        hashed.Write(signature.Salt.Span);
        subject.WriteHashedForm(hashed);
        signature.WriteTrailer(hashed);
        byte[]? digest = SignatureHash.Compute(signature.HashAlgorithm, hashed.WrittenSpan);
        return digest is null ? SignatureCheck.NotSupported : Verify(signature, issuer, digest);
    }

    /// <summary>Verifies what was hashed already, salt and trailer included; anything malformed is
    /// <see cref="SignatureCheck.Bad"/>.</summary>
    public static SignatureCheck Verify(Signature signature, PublicKey issuer, byte[] digest)
    {
        bool isPromising = Fits(signature, issuer) && BinaryPrimitives.ReadUInt16BigEndian(digest) == signature.DigestPrefix;
        return isPromising ? VerifyDigest(signature, issuer, digest) : SignatureCheck.Bad;
    }

    // RFC 9580 §5.2.4: a version 6 key makes version 6 signatures and no others; the same for version 4.
    private static bool Fits(Signature signature, PublicKey issuer) =>
        signature.Version == issuer.Version && signature.KeyAlgorithm == issuer.Algorithm && signature.HasFittingSalt;

    private static SignatureCheck VerifyDigest(Signature signature, PublicKey issuer, byte[] digest)
    {
        if (issuer.GetNativeKey() is not { } key)
            return SignatureCheck.NotSupported;

        var values = signature.Values;
        bool strict = signature.Version == 6;
        return issuer.Material switch
        {
            PublicKeyMaterial.Rsa when issuer.Algorithm != PublicKeyAlgorithm.RsaEncryptOnly =>
                VerifyRsa(key, signature.HashAlgorithm, digest, values, strict),
            PublicKeyMaterial.Dsa or PublicKeyMaterial.Ecdsa => TryReadPair(values, strict, out var r, out var s)
                ? key.VerifyRAndS(digest, r.Span, s.Span)
                : SignatureCheck.Bad,
            PublicKeyMaterial.EdDsaLegacy => TryReadPair(values, strict, out var r, out var s)
                ? VerifyEdDsaLegacy(key, digest, r.Span, s.Span)
                : SignatureCheck.Bad,
            PublicKeyMaterial.Ed25519 when values.Length == 64 => key.VerifyEdDsa(digest, values.Span),
            PublicKeyMaterial.Ed448 when values.Length == 114 => key.VerifyEdDsa(digest, values.Span),
            _ => SignatureCheck.Bad,
        };
    }

    private static SignatureCheck VerifyRsa(
        EvpPublicKey key, HashAlgorithm hash, byte[] digest, ReadOnlyMemory<byte> values, bool strict)
    {
        bool isWhole = Mpi.TryRead(ref values, strict, out var number) && values.IsEmpty;
        return isWhole && hash.Native() is { } native
            ? key.VerifyRsa(native, digest, number.Span)
            : SignatureCheck.Bad;
    }

    // RFC 9580 §5.2.3.3.1: the halves of a native signature, as numbers that lost their leading zeros.
    private static SignatureCheck VerifyEdDsaLegacy(EvpPublicKey key, byte[] digest, ReadOnlySpan<byte> r, ReadOnlySpan<byte> s)
    {
        if (r.Length > 32 || s.Length > 32)
            return SignatureCheck.Bad;
        Span<byte> native = stackalloc byte[64];
        native.Clear();
        r.CopyTo(native[(32 - r.Length)..]);
        s.CopyTo(native[(64 - s.Length)..]);
        return key.VerifyEdDsa(digest, native);
    }

    private static bool TryReadPair(
        ReadOnlyMemory<byte> values, bool strict, out ReadOnlyMemory<byte> r, out ReadOnlyMemory<byte> s)
    {
        s = default;
        return Mpi.TryRead(ref values, strict, out r) && Mpi.TryRead(ref values, strict, out s) && values.IsEmpty;
    }
}
