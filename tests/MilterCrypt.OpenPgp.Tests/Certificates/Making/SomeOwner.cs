using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

/// <summary>Makes certificates for tests.</summary>
internal static class SomeOwner
{
    public const string UserId = "Bob <bob@example.org>";

    public static KeyProfile[] Profiles { get; } = [KeyProfile.Curve25519, KeyProfile.Rfc9580, KeyProfile.Rsa3072];

    public static TheoryData<KeyProfile> AllProfiles => [.. Profiles];

    public static KeyGeneration Options(KeyProfile profile) => new() { Profile = profile, UserIds = [UserId] };

    public static SecretCertificate Make(KeyProfile profile) => SecretCertificate.Generate(Options(profile));

    public static PeerKey ForPeers(SecretCertificate secret) => new(secret.Certificate.ToArmor(), secret.ToArmor());

    /// <summary>The certificate as others have it: written and read.</summary>
    public static Certificate Published(SecretCertificate secret)
    {
        var certificate = Certificate.Read(secret.Certificate.ToArmor());
        Assert.Equal(secret.Certificate.ToArray(), certificate.ToArray());
        Assert.Equal(0, certificate.DroppedPackets);
        return certificate;
    }

    /// <summary>The secret keys as GnuPG writes them where the primary key is kept elsewhere.</summary>
    public static byte[] WithoutPrimarySecret(SecretCertificate secret)
    {
        using var output = new ClearedBufferWriter();
        CertificateWriter.Write(secret.Certificate, output, (key, writer) =>
        {
            if (key.IsSubkey)
                secret.Keys.First(candidate => candidate.PublicKey == key).Write(writer);
            else
                PacketWriter.Write(writer, PacketTag.SecretKey, [.. key.Body.Span, 255, 0, 101, 0, (byte)'G', (byte)'N', (byte)'U', 1]);
        });
        return output.ToArray();
    }

    /// <summary>Begins to change a certificate.</summary>
    public static CertificateEditor Edit(SecretCertificate secret, TimeProvider? clock = null)
    {
        var editor = CertificateEditor.Open(secret, new ChangeOptions { Time = clock ?? TimeProvider.System }, out string? refusal);
        Assert.Null(refusal);
        return editor!;
    }

    public static KeyKind Kind(KeyProfile profile) => profile switch
    {
        KeyProfile.Curve25519 => KeyKind.Cv25519,
        KeyProfile.Rfc9580 => KeyKind.V6Curve25519,
        _ => KeyKind.Rsa,
    };
}
