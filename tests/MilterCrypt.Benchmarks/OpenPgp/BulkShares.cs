using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.TestSupport.Peers;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>Messages of 50 MB, as shares of what the ciphers alone take for as many octets, on one core; and gpg on the same
/// input.</summary>
internal static class BulkShares
{
    private const int Megabytes = 50;
    private const int PieceLength = 64 * 1024;

    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(
        IReadOnlyList<EncryptionRecipient> v1, IReadOnlyList<EncryptionRecipient> v2, SecretCertificate secret, GnuPgHome gpg, int rounds)
    {
        byte[] data = new byte[Megabytes * 1_000_000];
        new Random(1).NextBytes(data);
        var pool = new ClearedBufferPool();
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] piece = new byte[PieceLength];
        byte[] v1Message = Keep(data, v1, pool), v2Message = Keep(data, v2, pool);

        // In memory, so that no disk is measured.
        string file = Path.Combine("/dev/shm", $"miltercrypt-bench-{Environment.ProcessId}");
        await File.WriteAllBytesAsync(file, data);
        await File.WriteAllBytesAsync(file + ".pgp", v1Message);
        try
        {
            var race = new Race();
            Race.Runner Enter(string name, Action work) => race.Enter("50 MB: " + name, work, Megabytes, "MB/s");
            void Gpg(params string[] arguments) =>
                gpg.RunAsync(["--yes", "-o", "/dev/null", .. arguments]).GetAwaiter().GetResult().OrThrow();
            var cfb = Enter("AES-256-CFB and SHA-1, one after the other", () => CfbAndSha1(key, piece));
            var ocb = Enter("AES-256-OCB alone", () => Ocb(key, piece));
            var v1Binary = Enter("SEIPDv1", () => Encrypt(data, v1, new Nowhere(), pool, armor: false));
            var v1Armored = Enter("SEIPDv1, armored with checksum", () => Encrypt(data, v1, new Nowhere(), pool, armor: true));
            var v2Binary = Enter("SEIPDv2, OCB", () => Encrypt(data, v2, new Nowhere(), pool, armor: false));
            var v2Armored = Enter("SEIPDv2, OCB, armored", () => Encrypt(data, v2, new Nowhere(), pool, armor: true));
            var v1Read = Enter("SEIPDv1, decrypted", () => Decrypt(v1Message, secret, pool));
            Enter("SEIPDv2, OCB, decrypted", () => Decrypt(v2Message, secret, pool));
            var gpgBinary = Enter("gpg -e -z0", () => Gpg("-e", "-z0", "-r", "bob@example.org", file));
            var gpgArmored = Enter("gpg -e -a -z0", () => Gpg("-e", "-a", "-z0", "-r", "bob@example.org", file));
            var gpgRead = Enter("gpg -d", () => Gpg("-d", file + ".pgp"));
            race.Run(rounds, TimeSpan.Zero);

            return
            [
                .. race.Rates(),
                new Measurement("50 MB: SEIPDv1 beside CFB and SHA-1", v1Binary.Beside(cfb), "×", 0.95),
                new Measurement("50 MB: SEIPDv1, armored with checksum, beside CFB and SHA-1", v1Armored.Beside(cfb), "×", 0.8),
                new Measurement("50 MB: SEIPDv2 beside OCB", v2Binary.Beside(ocb), "×", 0.6),
                new Measurement("50 MB: SEIPDv2, armored, beside OCB", v2Armored.Beside(ocb), "×", 0.3),
                new Measurement("50 MB: SEIPDv1, decryption beside encryption", v1Read.Beside(v1Binary), "×", 1.5),
                new Measurement("50 MB: SEIPDv1 beside gpg", v1Binary.Beside(gpgBinary), "×"),
                new Measurement("50 MB: SEIPDv1, armored, beside gpg", v1Armored.Beside(gpgArmored), "×"),
                new Measurement("50 MB: SEIPDv1, decryption beside gpg", v1Read.Beside(gpgRead), "×"),
            ];
        }
        finally
        {
            File.Delete(file);
            File.Delete(file + ".pgp");
        }
    }

    private static void CfbAndSha1(byte[] key, byte[] piece)
    {
        using var cipher = CfbEncryptor.Create(SymmetricAlgorithm.Aes256, key)!;
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        for (int done = 0; done < Megabytes * 1_000_000; done += piece.Length)
        {
            sha1.AppendData(piece);
            cipher.Encrypt(piece, piece);
        }

        sha1.GetHashAndReset();
    }

    private static void Ocb(byte[] key, byte[] piece)
    {
        using var cipher = AesOcb.ForEncryption(key);
        byte[] nonce = new byte[AesOcb.NonceLength], tag = new byte[AesOcb.TagLength];
        for (int done = 0; done < Megabytes * 1_000_000; done += piece.Length)
            cipher.Encrypt(nonce, [], piece, piece, tag);
    }

    private static byte[] Keep(byte[] data, IReadOnlyList<EncryptionRecipient> recipients, ClearedBufferPool pool)
    {
        var output = new ArrayBufferWriter<byte>(data.Length + 1_000_000);
        Encrypt(data, recipients, output, pool, armor: false);
        return output.WrittenSpan.ToArray();
    }

    private static void Encrypt(
        ReadOnlySpan<byte> data, IReadOnlyList<EncryptionRecipient> recipients, IBufferWriter<byte> output, ClearedBufferPool pool, bool armor)
    {
        using var encryptor = MessageEncryptor.Create(recipients, output, new EncryptionOptions { Armor = armor, Buffers = pool });
        for (; data.Length > PieceLength; data = data[PieceLength..])
            encryptor.Write(data[..PieceLength]);
        encryptor.Write(data);
        encryptor.Complete();
    }

    private static void Decrypt(ReadOnlySpan<byte> message, SecretCertificate secret, ClearedBufferPool pool)
    {
        var sink = new Nowhere();
        using var random = RandomNumberGenerator.Create();
        using var reader = new MessageReader(sink, new ReadingOptions { Buffers = pool });
        while (!message.IsEmpty)
        {
            var piece = message[..Math.Min(PieceLength, message.Length)];
            message = message[piece.Length..];
            reader.Write(piece);
            if (reader.SessionKeyWanted is { } wanted)
            {
                using var key = SessionKeyOpener.Open(wanted.Packets, secret.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random);
                reader.UseSessionKey(key, reader: null);
            }
        }

        if (reader.Complete([]) is not MessageReading.Read || !sink.IsProven || sink.Written != Megabytes * 1_000_000)
            throw new InvalidOperationException("A message did not come back.");
    }
}
