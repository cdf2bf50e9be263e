namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Reads the algorithm-specific part of a public key (RFC 9580 §5.5.5).</summary>
internal static class PublicKeyMaterialReader
{
    private static readonly PublicKeyMaterial Malformed = new PublicKeyMaterial.Unusable("malformed key material");
    private static readonly PublicKeyMaterial SmallOrder = new PublicKeyMaterial.Unusable("a key that encrypts nothing");

    /// <summary>Reads the whole of <paramref name="octets"/>; what can't be used comes back as such, with the reason.</summary>
    public static PublicKeyMaterial Read(int version, PublicKeyAlgorithm algorithm, ReadOnlyMemory<byte> octets)
    {
        var rest = octets;
        var material = Take(version, algorithm, ref rest);
        return material is not PublicKeyMaterial.Unusable && !rest.IsEmpty ? Malformed : material;
    }

    /// <summary>How many octets the material takes at the front of <paramref name="octets"/>.</summary>
    public static int Measure(int version, PublicKeyAlgorithm algorithm, ReadOnlyMemory<byte> octets)
    {
        var rest = octets;
        Take(version, algorithm, ref rest);
        return octets.Length - rest.Length;
    }

    private static PublicKeyMaterial Take(int version, PublicKeyAlgorithm algorithm, ref ReadOnlyMemory<byte> rest)
    {
        bool strict = version >= 6;
        return algorithm switch
        {
            PublicKeyAlgorithm.Rsa or PublicKeyAlgorithm.RsaEncryptOnly or PublicKeyAlgorithm.RsaSignOnly => ReadRsa(ref rest, strict),
            PublicKeyAlgorithm.ElGamal => ReadElGamal(ref rest, strict),
            PublicKeyAlgorithm.Dsa => ReadDsa(ref rest, strict),
            PublicKeyAlgorithm.Ecdh => ReadEcdh(ref rest, version),
            PublicKeyAlgorithm.Ecdsa => ReadEcdsa(ref rest, strict),
            PublicKeyAlgorithm.EdDsaLegacy => ReadEdDsaLegacy(ref rest, version),
            PublicKeyAlgorithm.X25519 => ReadNative(
                ref rest, 32, static point => SmallOrderPoints.AreX25519(point.Span) ? SmallOrder : new PublicKeyMaterial.X25519(point)),
            PublicKeyAlgorithm.X448 => ReadNative(
                ref rest, 56, static point => SmallOrderPoints.AreX448(point.Span) ? SmallOrder : new PublicKeyMaterial.X448(point)),
            PublicKeyAlgorithm.Ed25519 => ReadNative(ref rest, 32, static point => new PublicKeyMaterial.Ed25519(point)),
            PublicKeyAlgorithm.Ed448 => ReadNative(ref rest, 57, static point => new PublicKeyMaterial.Ed448(point)),
            _ => new PublicKeyMaterial.Unusable($"unknown algorithm {(int)algorithm}"),
        };
    }

    private static PublicKeyMaterial ReadRsa(ref ReadOnlyMemory<byte> rest, bool strict)
    {
        if (!Mpi.TryRead(ref rest, strict, out var modulus) || !Mpi.TryRead(ref rest, strict, out var exponent))
            return Malformed;

        // An even modulus or an exponent of 1 would make "encryption" that anybody reads.
        bool sound = !modulus.IsEmpty && !exponent.IsEmpty && exponent.Length <= modulus.Length
            && (modulus.Span[^1] & 1) == 1 && (exponent.Span[^1] & 1) == 1 && Mpi.BitLength(exponent.Span) > 1;
        return sound ? new PublicKeyMaterial.Rsa(modulus, exponent) : Malformed;
    }

    private static PublicKeyMaterial ReadElGamal(ref ReadOnlyMemory<byte> rest, bool strict) =>
        Mpi.TryRead(ref rest, strict, out var p) && Mpi.TryRead(ref rest, strict, out var g) && Mpi.TryRead(ref rest, strict, out var y)
            ? new PublicKeyMaterial.ElGamal(p, g, y)
            : Malformed;

    private static PublicKeyMaterial ReadDsa(ref ReadOnlyMemory<byte> rest, bool strict)
    {
        if (!Mpi.TryRead(ref rest, strict, out var p) || !Mpi.TryRead(ref rest, strict, out var q)
            || !Mpi.TryRead(ref rest, strict, out var g) || !Mpi.TryRead(ref rest, strict, out var y))
            return Malformed;

        // FIPS 186-4 §4.2 ends at 3072 bits; a longer prime only makes each verification slower.
        var dsa = new PublicKeyMaterial.Dsa(p, q, g, y);
        return dsa.Bits <= 4096 ? dsa : new PublicKeyMaterial.Unusable($"DSA with {dsa.Bits} bits");
    }

    private static PublicKeyMaterial ReadEcdsa(ref ReadOnlyMemory<byte> rest, bool strict)
    {
        if (!TryReadCurve(ref rest, out var curve))
            return Malformed;
        if (curve is not { IsWeierstrass: true })
            return new PublicKeyMaterial.Unusable("unknown curve");
        return TryReadPoint(ref rest, curve, strict, out var point) ? new PublicKeyMaterial.Ecdsa(curve, point) : Malformed;
    }

    private static PublicKeyMaterial ReadEdDsaLegacy(ref ReadOnlyMemory<byte> rest, int version)
    {
        if (!TryReadCurve(ref rest, out var curve))
            return Malformed;
        if (curve != EcCurve.Ed25519Legacy)
            return new PublicKeyMaterial.Unusable("unknown curve");

        // RFC 9580 §5.5.5.5: the legacy encodings exist for version 4 keys alone.
        if (version != 4)
            return new PublicKeyMaterial.Unusable("EdDSALegacy in a version 6 key");
        return TryReadPoint(ref rest, curve, strict: false, out var point) ? new PublicKeyMaterial.EdDsaLegacy(point) : Malformed;
    }

    private static PublicKeyMaterial ReadEcdh(ref ReadOnlyMemory<byte> rest, int version)
    {
        if (!TryReadCurve(ref rest, out var curve))
            return Malformed;
        if (curve is null || curve == EcCurve.Ed25519Legacy)
            return new PublicKeyMaterial.Unusable("unknown curve");
        if (curve == EcCurve.Curve25519Legacy && version != 4)
            return new PublicKeyMaterial.Unusable("Curve25519Legacy in a version 6 key");
        if (!TryReadPoint(ref rest, curve, strict: version >= 6, out var point))
            return Malformed;

        // RFC 9580 §5.5.5.6: three octets follow, a reserved 1, the hash and the cipher.
        var kdf = rest.Span;
        if (kdf.Length < 4 || kdf[0] != 3 || kdf[1] != 1)
            return Malformed;
        var hash = (HashAlgorithm)kdf[2];
        var cipher = (SymmetricAlgorithm)kdf[3];
        rest = rest[4..];

        bool known = hash is HashAlgorithm.Sha256 or HashAlgorithm.Sha384 or HashAlgorithm.Sha512
            && cipher is SymmetricAlgorithm.Aes128 or SymmetricAlgorithm.Aes192 or SymmetricAlgorithm.Aes256;
        if (curve == EcCurve.Curve25519Legacy && SmallOrderPoints.AreX25519(point.Span))
            return SmallOrder;
        return known
            ? new PublicKeyMaterial.Ecdh(curve, point, hash, cipher)
            : new PublicKeyMaterial.Unusable("unknown key derivation parameters");
    }

    private static PublicKeyMaterial ReadNative(
        ref ReadOnlyMemory<byte> rest, int length, Func<ReadOnlyMemory<byte>, PublicKeyMaterial> make)
    {
        if (rest.Length < length)
            return Malformed;
        var material = make(rest[..length]);
        rest = rest[length..];
        return material;
    }

    private static bool TryReadCurve(ref ReadOnlyMemory<byte> rest, out EcCurve? curve)
    {
        curve = null;
        if (rest.IsEmpty)
            return false;

        // RFC 9580 §9.2: lengths 0 and 255 are reserved.
        int length = rest.Span[0];
        if (length is 0 or 255 || rest.Length <= length)
            return false;
        curve = EcCurve.Find(rest.Span.Slice(1, length));
        rest = rest[(1 + length)..];
        return true;
    }

    private static bool TryReadPoint(ref ReadOnlyMemory<byte> rest, EcCurve curve, bool strict, out ReadOnlyMemory<byte> point)
    {
        if (!Mpi.TryRead(ref rest, strict, out point))
            return false;
        if (curve.IsWeierstrass)
            return point.Length == 1 + (2 * curve.FieldLength) && point.Span[0] == 0x04;

        // RFC 9580 §11.2: 0x40 marks a point in its curve's own encoding.
        if (point.Length != 1 + curve.FieldLength || point.Span[0] != 0x40)
            return false;
        point = point[1..];
        return true;
    }
}
