using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Runs when nothing else of this project does.</summary>
[CollectionDefinition(nameof(TimingTests), DisableParallelization = true)]
public sealed class TimingAlone;

/// <summary>Each kind of failure takes the time that success takes. Samples of both are taken in turn, in processor time, and
/// each is compared with its neighbour, so that what else the machine does meets both alike; the median of these ratios is
/// what counts. What is left of noise only ever drives it away from 1, never towards it: one measurement of five within the
/// bound shows that there is no difference as large as the bound, and an early return, which is there each time, fails all
/// five.</summary>
[Collection(nameof(TimingTests))]
public sealed class TimingTests
{
    private const int Measurements = 5;
    private const double Bound = 0.05;

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

        AssertSameTime(pairs: 41, () => Open(right), () => Open(wrong));

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

        AssertSameTime(pairs: 201, () => Unpad(right), () => Unpad(wrong));

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

    private static void AssertSameTime(int pairs, Action right, Action wrong)
    {
        // Until the compiler has settled.
        MedianRatio(pairs, right, wrong);
        string seen = "";
        for (int i = 0; i < Measurements; i++)
        {
            double ratio = MedianRatio(pairs, right, wrong);
            if (Math.Abs(ratio - 1) < Bound)
                return;
            seen += $" {ratio:F3}";
        }

        Assert.Fail($"A failure takes another time than success, in each measurement:{seen} of it.");
    }

    private static double MedianRatio(int pairs, Action right, Action wrong)
    {
        double[] ratios = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            // Neither is always the first.
            bool isFirst = i % 2 == 0;
            double before = isFirst ? Time(right) : Time(wrong);
            double after = isFirst ? Time(wrong) : Time(right);
            ratios[i] = isFirst ? after / before : before / after;
        }

        return ratios.Order().ElementAt(pairs / 2);
    }

    private static double Time(Action work)
    {
        var start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalMicroseconds;
    }
}
