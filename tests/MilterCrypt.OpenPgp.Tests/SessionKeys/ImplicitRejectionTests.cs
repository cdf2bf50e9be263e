using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Bleichenbacher's attack needs to know whether a ciphertext had the right padding. Nobody is told.</summary>
public sealed class ImplicitRejectionTests
{
    public static TheoryData<Padding> Kinds { get; } = [.. Enum.GetValues<Padding>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryFailureOfRsaGivesARandomKeyRatherThanAnError(Padding kind)
    {
        var key = SessionKeyOpenerTests.Decryption("v4-rsa");
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        int length = ((PublicKeyMaterial.Rsa)key.PublicKey.Material).Modulus.Length;
        for (int i = 0; i < 20; i++)
        {
            var packet = PaddedBlock.Encrypt(key.PublicKey, PaddedBlock.Make(length, sent, kind));

            using var one = Sending.Open([packet], [key], 3, null);
            using var other = Sending.Open([packet], [key], 3, null);

            Assert.Equal(kind == Padding.Right, one!.Octets.SequenceEqual(sent.Octets));
            Assert.Equal(kind == Padding.Right, one.Octets.SequenceEqual(other!.Octets));
            Assert.Equal(SymmetricAlgorithm.Aes256, one.Cipher);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void OnlyTheRightPaddingIsUnpadded(Padding kind)
    {
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        using var random = RandomNumberGenerator.Create();
        foreach (int length in new[] { 128, 256, 384, 512 })
        {
            using var choice = new SessionKeyChoice(3, null, random);
            Pkcs1SessionKey.Unpad(choice, PaddedBlock.Make(length, sent, kind));
            using var taken = choice.Take([]);
            Assert.Equal(kind == Padding.Right, taken.Octets.SequenceEqual(sent.Octets));
        }
    }

    [Fact]
    public void EveryOctetOfThePaddingCounts()
    {
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        using var random = RandomNumberGenerator.Create();
        byte[] block = PaddedBlock.Make(256, sent, Padding.Right);
        for (int i = 0; i < 256; i++)
        {
            byte before = block[i];
            block[i] = (byte)(before == 0 ? 1 : i < 256 - 36 ? 0 : before ^ 0x80);
            using var choice = new SessionKeyChoice(3, null, random);
            Pkcs1SessionKey.Unpad(choice, block);
            using var taken = choice.Take([]);
            Assert.False(taken.Octets.SequenceEqual(sent.Octets), $"octet {i}");
            block[i] = before;
        }
    }

    [Fact]
    public void ABlockTooShortForAnyPaddingOpensNothing()
    {
        using var sent = Sending.Key(3, SymmetricAlgorithm.Aes256);
        using var random = RandomNumberGenerator.Create();
        using var choice = new SessionKeyChoice(3, null, random);
        for (int length = 0; length < 46; length++)
            Pkcs1SessionKey.Unpad(choice, new byte[length]);

        // 0, 2, 8 octets of padding, 0, and the message.
        Pkcs1SessionKey.Unpad(choice, PaddedBlock.Make(46, sent, Padding.Right));
        using var taken = choice.Take([]);
        Assert.Equal(sent.Octets, taken.Octets);
    }

    [Fact]
    public void TheMasksAreAllOrNothing()
    {
        for (uint a = 0; a < 300; a++)
        {
            for (uint b = 0; b < 300; b++)
                Assert.Equal(a == b ? ConstantTime.Yes : 0, ConstantTime.Equal(a, b));
        }

        Assert.Equal(0u, ConstantTime.Equal(0, uint.MaxValue));
        Assert.Equal(0u, ConstantTime.Equal(0x80000000, 0));
        Assert.Equal(1, ConstantTime.Select(ConstantTime.Yes, 1, 2));
        Assert.Equal(2, ConstantTime.Select(0, 1, 2));
    }
}
