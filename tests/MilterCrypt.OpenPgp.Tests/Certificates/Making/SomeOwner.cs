using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
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

    public static KeyKind Kind(KeyProfile profile) => profile switch
    {
        KeyProfile.Curve25519 => KeyKind.Cv25519,
        KeyProfile.Rfc9580 => KeyKind.V6Curve25519,
        _ => KeyKind.Rsa,
    };
}
