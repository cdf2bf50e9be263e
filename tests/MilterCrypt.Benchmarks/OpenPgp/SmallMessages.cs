using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>Messages of 10 KB, as shares of what the public-key operation alone allows, on one core.</summary>
internal static class SmallMessages
{
    private const int Length = 10_000;
    private const int AtOnce = 50;

    public static IReadOnlyList<Measurement> Measure(string key, IReadOnlyList<EncryptionRecipient> recipients, string form, int rounds)
    {
        byte[] data = RandomNumberGenerator.GetBytes(Length);
        var pool = new ClearedBufferPool();
        using var random = RandomNumberGenerator.Create();
        var options = new EncryptionOptions { Armor = true, Buffers = pool, Random = random };
        var algorithms = MessageAlgorithms.Choose(recipients);
        var output = new ArrayBufferWriter<byte>(64 * 1024);

        var race = new Race();
        var alone = race.Enter($"10 KB to {key}, {form}: the session key's packet alone", Repeat(() =>
        {
            using var session = new SessionKey(algorithms.SessionKeyVersion, algorithms.Cipher);
            session.Fill(random);
            SessionKeyPacket.Write(output, session, recipients[0].Key, isAnonymous: false);
            output.Clear();
        }), AtOnce, "1/s");
        var whole = race.Enter($"10 KB to {key}, {form}: the message, armored", Repeat(() =>
        {
            using var encryptor = MessageEncryptor.Create(recipients, output, options);
            encryptor.Write(data);
            encryptor.Complete();
            output.Clear();
        }), AtOnce, "1/s");
        race.Run(rounds, TimeSpan.FromMilliseconds(100));
        return [.. race.Rates(), new Measurement($"10 KB to {key}, {form}: beside the packet alone", whole.Beside(alone), "×", 0.6)];
    }

    private static Action Repeat(Action work) => () =>
    {
        for (int i = 0; i < AtOnce; i++)
            work();
    };
}
