namespace MilterCrypt.OpenPgp.Certificates.Making;

/// <summary>Who is to understand a new certificate.</summary>
public enum KeyProfile
{
    /// <summary>Everybody: version 4 with Ed25519 and Curve25519 in their first encodings, as GnuPG, Sequoia and Thunderbird
    /// make them today.</summary>
    Curve25519,

    /// <summary>Software that knows RFC 9580: version 6 with Ed25519 and X25519. GnuPG reads no such keys.</summary>
    Rfc9580,

    /// <summary>Everybody, software from before curves too: version 4 with RSA of 3072 bits.</summary>
    Rsa3072,
}
