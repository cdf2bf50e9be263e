using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A Postfix whose clients can begin anew in the middle of a connection: with TLS, and as somebody else (XCLIENT).
/// Bob's mail is encrypted if alice sends it, everybody else's always.</summary>
public sealed class PostfixWithSessions : MailRig
{
    private readonly TestDirectory _directory = new();

    public PostfixWithSessions()
        : base(postfix: true, tcp: false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=mx.test.example", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Certificate = certificate.RawData;
        _directory.Write("tls.pem", key.ExportPkcs8PrivateKeyPem() + "\n" + certificate.ExportCertificatePem() + "\n");
    }

    /// <summary>What the server shows in TLS, in DER.</summary>
    public byte[] Certificate { get; }

    protected override string OwnRules => """
          - match: {user: alice}
            encrypt: always
          - match: {recipient: bob@partner.example}
            encrypt: never
          - encrypt: always
        """;

    protected override IEnumerable<string> PostfixLines =>
    [
        "smtpd_authorized_xclient_hosts = 127.0.0.0/8",
        "smtpd_tls_security_level = may",
        $"smtpd_tls_chain_files = {_directory.PathOf("tls.pem")}",
    ];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }
}
