namespace MilterCrypt.Milter;

/// <summary>The client's TLS connection, as the MTA told it at HELO: later stages don't repeat it.</summary>
/// <param name="Version">Such as <c>TLSv1.3</c>.</param>
/// <param name="Cipher">The cipher suite's name, or empty.</param>
/// <param name="CipherBits">The cipher's strength in bits as the MTA wrote it, or empty.</param>
/// <param name="CertificateSubject">The client certificate's subject: Postfix gives the common name, and only of a
/// trusted chain; Sendmail a distinguished name with +XX escapes, trusted or not. Empty when there is none.</param>
/// <param name="CertificateIssuer">Its issuer, in the same manner.</param>
/// <param name="Verify">Sendmail's verdict on the certificate; null from Postfix. Unless it is <c>OK</c>, a subject
/// that Sendmail gives proves nothing.</param>
public sealed record ClientTls(
    string Version, string Cipher, string CipherBits, string CertificateSubject, string CertificateIssuer, string? Verify);
