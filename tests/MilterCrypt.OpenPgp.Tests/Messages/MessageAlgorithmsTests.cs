using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Tests.Messages;

public sealed class MessageAlgorithmsTests
{
    private static readonly RecipientCapabilities Silent = new(false, [], []);
    private static readonly RecipientCapabilities Old = new(false, [SymmetricAlgorithm.Cast5, SymmetricAlgorithm.TripleDes], []);
    private static readonly RecipientCapabilities SilentV2 = new(true, [SymmetricAlgorithm.Aes256], []);

    private static readonly RecipientCapabilities GcmV2 =
        new(true, [SymmetricAlgorithm.Aes256], [new AeadCiphersuite(SymmetricAlgorithm.Aes256, AeadAlgorithm.Gcm)]);

    public static TheoryData<RecipientCapabilities[], int, SymmetricAlgorithm> Cases => new()
    {
        { [EncryptionKeys.V2], 2, SymmetricAlgorithm.Aes256 },
        { [EncryptionKeys.V2, EncryptionKeys.V2], 2, SymmetricAlgorithm.Aes256 },
        { [EncryptionKeys.V2, SilentV2], 2, SymmetricAlgorithm.Aes128 },
        { [GcmV2], 2, SymmetricAlgorithm.Aes128 },
        { [EncryptionKeys.V1], 1, SymmetricAlgorithm.Aes256 },
        { [EncryptionKeys.V2, EncryptionKeys.V1], 1, SymmetricAlgorithm.Aes256 },
        { [EncryptionKeys.V1, Silent], 1, SymmetricAlgorithm.Aes128 },
        { [Silent], 1, SymmetricAlgorithm.Aes128 },
        { [Old], 1, SymmetricAlgorithm.Aes128 },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void TheBestThatEveryRecipientReadsIsChosen(RecipientCapabilities[] recipients, int version, SymmetricAlgorithm cipher)
    {
        PublicKey key = SomeKeys.X25519();
        var chosen = MessageAlgorithms.Choose([.. recipients.Select(capabilities => new EncryptionRecipient(key, capabilities))]);
        Assert.Equal(new MessageAlgorithms(version, cipher), chosen);
    }
}
