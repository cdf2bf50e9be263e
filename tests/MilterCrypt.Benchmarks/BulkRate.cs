using System.Buffers;
using System.Diagnostics;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Benchmarks;

/// <summary>How fast one large message is encrypted to an X25519 key and armored, on one core, beside what gpg needs for the
/// same bytes. Neither compresses, both write to nowhere.</summary>
internal static class BulkRate
{
    private const int PieceLength = 64 * 1024;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(Correspondent bob, int rounds, int megabytes)
    {
        byte[] data = new byte[megabytes * 1_000_000];
        for (int i = 0; i < data.Length; i++)
            data[i] = (byte)(i * 31 >> 3);
        // In memory, so that no disk is measured.
        string file = Path.Combine("/dev/shm", $"miltercrypt-bench-{Environment.ProcessId}");
        await File.WriteAllBytesAsync(file, data);
        try
        {
            var recipients = Recipients(bob.PublicKey);
            // Until the runtime has settled on its best code; a daemon is long past that.
            for (var warm = Stopwatch.StartNew(); warm.Elapsed < TimeSpan.FromSeconds(3);)
                Encrypt(data.AsSpan(0, 10_000_000), recipients);
            List<double> ours = [], theirs = [];
            for (int round = 0; round < rounds; round++)
            {
                ours.Add(Rate(megabytes, Time(() => Encrypt(data, recipients))));
                var watch = Stopwatch.StartNew();
                (await bob.GpgAsync(["-e", "-a", "-z0", "--trust-model", "always", "--yes", "-r", bob.Address, "-o", "/dev/null", file])).OrThrow();
                theirs.Add(Rate(megabytes, watch.Elapsed));
            }

            return
            [
                new Measurement("one large message, armored, to an X25519 key: gpg -e -a -z0", Measurement.Median(theirs), "MB/s"),
                new Measurement("one large message, armored, to an X25519 key: MilterCrypt", Measurement.Median(ours), "MB/s"),
                new Measurement("MilterCrypt beside gpg", Measurement.Median(ours.Zip(theirs, (a, b) => a / b)), "×", 3),
            ];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IReadOnlyList<EncryptionRecipient> Recipients(byte[] publicKey)
    {
        var reading = Certificate.ReadAll(publicKey, new CertificateLimits()).Single();
        if (reading is CertificateReading.Readable(var certificate)
            && certificate.At(TimeProvider.System.GetUtcNow(), new AlgorithmPolicy()).ForEncryption() is EncryptionVerdict.Usable(var recipients))
            return recipients;
        throw new InvalidOperationException($"gpg's key can't be used: {reading}");
    }

    private static void Encrypt(ReadOnlySpan<byte> data, IReadOnlyList<EncryptionRecipient> recipients)
    {
        using var encryptor = MessageEncryptor.Create(recipients, new Nowhere(), new EncryptionOptions());
        for (; data.Length > PieceLength; data = data[PieceLength..])
            encryptor.Write(data[..PieceLength]);
        encryptor.Write(data);
        encryptor.Complete();
    }

    private static TimeSpan Time(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed;
    }

    private static double Rate(int megabytes, TimeSpan time) => megabytes / time.TotalSeconds;

    /// <summary>Takes what is written and forgets it.</summary>
    private sealed class Nowhere : IBufferWriter<byte>
    {
        private byte[] _buffer = new byte[PieceLength * 2];

        public void Advance(int count) { }

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_buffer.Length < sizeHint)
                _buffer = new byte[sizeHint];
            return _buffer;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
