using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Each kind of failure takes the time that success takes.</summary>
[Collection(nameof(SameTime))]
public sealed class TimingTests
{
    public static TheoryData<Padding> Failures { get; } = [.. Enum.GetValues<Padding>().Where(static kind => kind != Padding.Right)];

    /// <summary>The whole of it, of which RSA itself is nearly everything.</summary>
    [Theory]
    [MemberData(nameof(Failures))]
    public void OpeningWithRsaTakesTheSameTimeWhateverComesOut(Padding kind)
    {
        using var key = SecretPacket.AllOf(Vectors.File("openpgp-interop/secret-keys/gnupg-v1-4-11-001-decrypt.asc"))[1].Read();
        Assert.True(key.TryUnlock("test"u8, S2kLimits.Default, out string? reason), reason);
        int length = ((PublicKeyMaterial.Rsa)key.PublicKey.Material).Modulus.Length;
        Assert.Equal(256, length);
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        using var random = RandomNumberGenerator.Create();
        var right = PaddedBlock.Encrypt(key.PublicKey, PaddedBlock.Make(length, sent, Padding.Right));
        var wrong = PaddedBlock.Encrypt(key.PublicKey, PaddedBlock.Make(length, sent, kind));

        SameTime.Assert(pairs: 41, () => Open(right), () => Open(wrong));

        void Open(EncryptedSessionKey packet) => SessionKeyOpener.Open([packet], [key], 3, null, random)!.Dispose();
    }

    /// <summary>What follows RSA, and would drown in the whole: checking the block and choosing the key.</summary>
    [Theory]
    [MemberData(nameof(Failures))]
    public void CheckingThePaddingTakesTheSameTimeWhateverItIs(Padding kind)
    {
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        using var random = RandomNumberGenerator.Create();
        byte[] right = PaddedBlock.Make(384, sent, Padding.Right), wrong = PaddedBlock.Make(384, sent, kind);

        SameTime.Assert(pairs: 201, () => Unpad(right), () => Unpad(wrong));

        void Unpad(byte[] block)
        {
            for (int i = 0; i < 20; i++)
            {
                using var choice = new SessionKeyChoice(3, null, random);
                Pkcs1SessionKey.Unpad(choice, block);
                choice.Take([]).Dispose();
            }
        }
    }
}
