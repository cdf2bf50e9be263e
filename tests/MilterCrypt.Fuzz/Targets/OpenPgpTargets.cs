using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>OpenPGP of others' making.</summary>
internal static class OpenPgpTargets
{
    private static readonly DateTimeOffset Now = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Scan(ReadOnlySpan<byte> input) => $"{ScanOnce(input, EncryptedMessageScanner.ForBinary)} {ScanOnce(input, EncryptedMessageScanner.ForArmor)}";

    public static string Armor(ReadOnlySpan<byte> input)
    {
        var reader = new ArmorReader(input.ToArray());
        string outcome = "";
        long taken = 0;
        while (reader.ReadNext() is { } block)
        {
            taken += block.Data.Length;
            outcome += $"{block.Label.Length > 0} {block.Problem} ";
        }

        FuzzFailureException.Unless(taken <= input.Length, "more comes out than went in");
        return outcome.Length <= 60 ? outcome : outcome[..60];
    }

    public static string Certificates(ReadOnlySpan<byte> input)
    {
        string outcome = "";
        foreach (CertificateReading reading in Certificate.ReadAll(input.ToArray(), CertificateLimits.Default))
        {
            outcome += reading switch
            {
                CertificateReading.Readable readable => readable.Certificate.At(Now, AlgorithmPolicy.Default).ForEncryption().GetType().Name,
                CertificateReading.Rejected rejected => string.Join(' ', rejected.Reason.Split(' ').Take(4)),
                _ => throw new FuzzFailureException("neither read nor rejected"),
            };
        }

        return outcome.Length <= 100 ? outcome : outcome[..100];
    }

    // As a whole, and byte by byte.
    private static string ScanOnce(ReadOnlySpan<byte> input, Func<EncryptedMessageScanner> make)
    {
        using EncryptedMessageScanner whole = make(), pieces = make();
        whole.Write(input);
        foreach (byte b in input)
            pieces.Write([b]);
        string one = Describe(whole.Complete()), other = Describe(pieces.Complete());
        FuzzFailureException.Unless(one == other, $"a message in pieces is another one: {one}; {other}");
        return one;
    }

    private static string Describe(EncryptedMessageScan scan) => scan switch
    {
        EncryptedMessageScan.Encrypted { Recipients: var to } => $"encrypted {to.KeyIds.Count} {to.Fingerprints.Count} {to.WildcardCount} {to.PassphraseCount}",
        EncryptedMessageScan.NotEncrypted not => not.Reason,
        _ => throw new FuzzFailureException("neither encrypted nor not"),
    };
}
