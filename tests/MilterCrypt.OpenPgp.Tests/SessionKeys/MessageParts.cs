using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>A message taken apart, by the tests' own understanding of RFC 9580, to see whether a session key is its own.</summary>
internal sealed class MessageParts
{
    private readonly Packet _data;

    private MessageParts(Packet data) => _data = data;

    public List<EncryptedSessionKey> ForKeys { get; } = [];

    public List<PassphraseSessionKey> ForPassphrases { get; } = [];

    public int SessionKeyVersion => _data.Body.Span[0] == 2 ? 6 : 3;

    public SymmetricAlgorithm? Cipher => SessionKeyVersion == 6 || _data.Tag == PacketTag.OcbEncryptedData
        ? (SymmetricAlgorithm)_data.Body.Span[1]
        : null;

    public static MessageParts Read(byte[] message)
    {
        ReadOnlyMemory<byte> octets = ArmorReader.IsBinary(message) ? message : new ArmorReader(message).ReadNext()!.Data;
        var packets = new PacketReader(octets);
        var forKeys = new List<EncryptedSessionKey>();
        var forPassphrases = new List<PassphraseSessionKey>();
        while (packets.TryRead(out var packet))
        {
            switch (packet.Tag)
            {
                case PacketTag.PublicKeyEncryptedSessionKey:
                    forKeys.Add(Sending.Read(packet.Body.ToArray()));
                    break;
                case PacketTag.SymmetricKeyEncryptedSessionKey:
                    Assert.True(PassphraseSessionKey.TryRead(packet.Body, out var read, out string? reason), reason);
                    forPassphrases.Add(read);
                    break;
                default:
                    var parts = new MessageParts(packet);
                    parts.ForKeys.AddRange(forKeys);
                    parts.ForPassphrases.AddRange(forPassphrases);
                    return parts;
            }
        }

        throw new InvalidDataException(packets.Problem ?? "no encrypted data");
    }

    public bool IsOpenedWith(IReadOnlyList<SecretKey> keys)
    {
        using var session = Sending.Open(ForKeys, keys, SessionKeyVersion, Cipher);
        return session is not null && IsOpenedBy(session);
    }

    public SessionKey? Open(string passphrase, out string? refusal)
    {
        using var random = RandomNumberGenerator.Create();
        return SessionKeyOpener.OpenWithPassphrase(
            ForPassphrases, System.Text.Encoding.UTF8.GetBytes(passphrase), SessionKeyVersion, Cipher, S2kLimits.Default, random, out refusal);
    }

    public bool IsOpenedWith(string passphrase)
    {
        using var session = Open(passphrase, out string? refusal);
        Assert.Null(refusal);
        return IsOpenedBy(session!);
    }

    public bool IsOpenedBy(SessionKey session)
    {
        byte[] body = _data.Body.ToArray();
        return SessionKeyVersion == 6 ? IsOpenedByVersion2(session, body) : IsOpenedByVersion1(session, body.AsSpan(1));
    }

    // RFC 9580 §5.13.1: the SHA-1 of everything before it comes last.
    private static bool IsOpenedByVersion1(SessionKey session, Span<byte> data)
    {
        using var cfb = CfbDecryptor.Create(session.Cipher, session.Octets)!;
        cfb.Decrypt(data);
        return SHA1.HashData(data[..^20]).AsSpan().SequenceEqual(data[^20..]);
    }

    // RFC 9580 §5.13.2: the first chunk has a tag of its own.
    private static bool IsOpenedByVersion2(SessionKey session, byte[] body)
    {
        var (cipher, mode) = ((SymmetricAlgorithm)body[1], (AeadAlgorithm)body[2]);
        int chunk = Math.Min(1 << (body[3] + 6), body.Length - 36 - 32);
        byte[] info = [0xD2, 2, body[1], body[2], body[3]];
        int nonceLength = mode.NonceLength();
        byte[] derived = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, session.Octets.ToArray(), cipher.KeyLength() + nonceLength - 8, body[4..36], info);
        byte[] nonce = [.. derived[cipher.KeyLength()..], 0, 0, 0, 0, 0, 0, 0, 0];
        using var aead = ChunkCipher.ForDecryption(mode, cipher, derived.AsSpan(0, cipher.KeyLength()))!;
        return aead.TryDecrypt(nonce, info, body.AsSpan(36, chunk), body.AsSpan(36 + chunk, 16), new byte[chunk]);
    }
}
