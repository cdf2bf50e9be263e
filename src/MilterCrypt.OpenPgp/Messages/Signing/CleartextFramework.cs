using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>What writer and reader of the cleartext framework agree on (RFC 9580 §7).</summary>
internal static class CleartextFramework
{
    private static readonly (HashAlgorithm Hash, string Name)[] HashNames =
    [
        (HashAlgorithm.Md5, "MD5"),
        (HashAlgorithm.Sha1, "SHA1"),
        (HashAlgorithm.RipeMd160, "RIPEMD160"),
        (HashAlgorithm.Sha224, "SHA224"),
        (HashAlgorithm.Sha256, "SHA256"),
        (HashAlgorithm.Sha384, "SHA384"),
        (HashAlgorithm.Sha512, "SHA512"),
        (HashAlgorithm.Sha3_256, "SHA3-256"),
        (HashAlgorithm.Sha3_512, "SHA3-512"),
    ];

    /// <summary>The first line.</summary>
    public static ReadOnlySpan<byte> Begin => "-----BEGIN PGP SIGNED MESSAGE-----"u8;

    /// <summary>The line that ends the text.</summary>
    public static ReadOnlySpan<byte> BeginSignature => "-----BEGIN PGP SIGNATURE-----"u8;

    /// <summary>The last line.</summary>
    public static ReadOnlySpan<byte> EndSignature => "-----END PGP SIGNATURE-----"u8;

    /// <summary>The name that a Hash header has for a hash function (RFC 9580 §9.5).</summary>
    public static string NameOf(HashAlgorithm hash) => HashNames.First(known => known.Hash == hash).Name;

    /// <summary>Whether a Hash header may have this name.</summary>
    public static bool IsHashName(string name) => HashNames.Any(known => known.Name == name);

    /// <summary>Takes a line off the front of <paramref name="text"/>, without its LF; what follows the last LF is a line too
    /// unless it is empty.</summary>
    public static bool TryReadLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        line = text;
        if (text.IsEmpty)
            return false;

        int end = text.IndexOf((byte)'\n');
        line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        return true;
    }

    /// <summary>A line of text as it is signed: without blanks at its end. RFC 9580 §7.2 names blanks and tabs; GnuPG and
    /// RNP drop CRs there too, however many.</summary>
    public static ReadOnlySpan<byte> Signed(ReadOnlySpan<byte> line) => line.TrimEnd(" \t\r"u8);
}
