namespace MilterCrypt.OpenPgp.Packets;

/// <summary>An elliptic curve that a key names by its object identifier (RFC 9580 §9.2).</summary>
public sealed class EcCurve
{
    private static readonly EcCurve[] Known;
    private readonly byte[] oid;

    private EcCurve(string name, string oidHex, int bits, bool isWeierstrass)
    {
        Name = name;
        oid = Convert.FromHexString(oidHex);
        Bits = bits;
        IsWeierstrass = isWeierstrass;
    }

    /// <summary>NIST P-256.</summary>
    public static EcCurve NistP256 { get; } = new("NIST P-256", "2A8648CE3D030107", 256, isWeierstrass: true);

    /// <summary>NIST P-384.</summary>
    public static EcCurve NistP384 { get; } = new("NIST P-384", "2B81040022", 384, isWeierstrass: true);

    /// <summary>NIST P-521.</summary>
    public static EcCurve NistP521 { get; } = new("NIST P-521", "2B81040023", 521, isWeierstrass: true);

    /// <summary>brainpoolP256r1.</summary>
    public static EcCurve BrainpoolP256r1 { get; } = new("brainpoolP256r1", "2B2403030208010107", 256, isWeierstrass: true);

    /// <summary>brainpoolP384r1.</summary>
    public static EcCurve BrainpoolP384r1 { get; } = new("brainpoolP384r1", "2B240303020801010B", 384, isWeierstrass: true);

    /// <summary>brainpoolP512r1.</summary>
    public static EcCurve BrainpoolP512r1 { get; } = new("brainpoolP512r1", "2B240303020801010D", 512, isWeierstrass: true);

    /// <summary>Ed25519 as EdDSALegacy names it.</summary>
    public static EcCurve Ed25519Legacy { get; } = new("Ed25519", "2B06010401DA470F01", 256, isWeierstrass: false);

    /// <summary>Curve25519 as ECDH names it.</summary>
    public static EcCurve Curve25519Legacy { get; } = new("Curve25519", "2B060104019755010501", 256, isWeierstrass: false);

    static EcCurve() => Known =
    [
        NistP256, NistP384, NistP521, BrainpoolP256r1, BrainpoolP384r1, BrainpoolP512r1, Ed25519Legacy, Curve25519Legacy,
    ];

    /// <summary>The name that people know it by.</summary>
    public string Name { get; }

    /// <summary>The object identifier's content octets, without the length octet that precedes them in a packet.</summary>
    public ReadOnlyMemory<byte> Oid => oid;

    /// <summary>The size of a field element in bits.</summary>
    public int Bits { get; }

    /// <summary>The size of a field element in octets.</summary>
    public int FieldLength => (Bits + 7) / 8;

    /// <summary>Whether its points are written as uncompressed SEC 1 points (0x04, X, Y) rather than natively.</summary>
    public bool IsWeierstrass { get; }

    /// <summary>The curve with this object identifier, or null where it is not one of ours.</summary>
    public static EcCurve? Find(ReadOnlySpan<byte> oid)
    {
        foreach (var curve in Known)
        {
            if (oid.SequenceEqual(curve.oid))
                return curve;
        }

        return null;
    }

    /// <summary>The name that people know it by.</summary>
    public override string ToString() => Name;
}
