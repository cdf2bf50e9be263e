using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.Benchmarks.OpenPgp;

/// <summary>Messages of 50 MB, as shares of what the ciphers alone take for as many octets, on one core.</summary>
internal static class BulkShares
{
    private const int Megabytes = 50;
    private const int PieceLength = 64 * 1024;

    public static IReadOnlyList<Measurement> Measure(IReadOnlyList<EncryptionRecipient> v1, IReadOnlyList<EncryptionRecipient> v2, int rounds)
    {
        byte[] data = new byte[Megabytes * 1_000_000];
        new Random(1).NextBytes(data);
        var pool = new ClearedBufferPool();
        byte[] key = RandomNumberGenerator.GetBytes(32);
        byte[] piece = new byte[PieceLength];

        var race = new Race();
        Race.Runner Enter(string name, Action work) => race.Enter("50 MB: " + name, work, Megabytes, "MB/s");
        var cfb = Enter("AES-256-CFB and SHA-1, one after the other", () => CfbAndSha1(key, piece));
        var ocb = Enter("AES-256-OCB alone", () => Ocb(key, piece));
        var v1Binary = Enter("SEIPDv1", () => Encrypt(data, v1, pool, armor: false));
        var v1Armored = Enter("SEIPDv1, armored with checksum", () => Encrypt(data, v1, pool, armor: true));
        var v2Binary = Enter("SEIPDv2, OCB", () => Encrypt(data, v2, pool, armor: false));
        var v2Armored = Enter("SEIPDv2, OCB, armored", () => Encrypt(data, v2, pool, armor: true));
        race.Run(rounds, TimeSpan.Zero);

        return
        [
            .. race.Rates(),
            new Measurement("50 MB: SEIPDv1 beside CFB and SHA-1", v1Binary.Beside(cfb), "×", 0.95),
            new Measurement("50 MB: SEIPDv1, armored with checksum, beside CFB and SHA-1", v1Armored.Beside(cfb), "×", 0.8),
            new Measurement("50 MB: SEIPDv2 beside OCB", v2Binary.Beside(ocb), "×", 0.6),
            new Measurement("50 MB: SEIPDv2, armored, beside OCB", v2Armored.Beside(ocb), "×", 0.3),
        ];
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

    private static void Encrypt(ReadOnlySpan<byte> data, IReadOnlyList<EncryptionRecipient> recipients, ClearedBufferPool pool, bool armor)
    {
        using var encryptor = MessageEncryptor.Create(recipients, new Nowhere(), new EncryptionOptions { Armor = armor, Buffers = pool });
        for (; data.Length > PieceLength; data = data[PieceLength..])
            encryptor.Write(data[..PieceLength]);
        encryptor.Write(data);
        encryptor.Complete();
    }
}
