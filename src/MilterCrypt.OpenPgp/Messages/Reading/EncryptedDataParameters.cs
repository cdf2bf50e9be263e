using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Ciphers;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>What stands at the front of an encrypted data packet, in clear: its form and what is needed to decrypt it.</summary>
/// <param name="Form">Its form.</param>
/// <param name="Octets">The packet's first octet, and all that was read.</param>
internal sealed record EncryptedDataParameters(EncryptedDataForm Form, ReadOnlyMemory<byte> Octets)
{
    private const int ParametersLength = 1 + 4;
    private const int SaltLength = 32;
    private const int IndexLength = sizeof(ulong);

    // RFC 9580 §5.13.2: 4 MiB, more than which nobody may make others hold.
    private const int MaxChunkOctet = 16;

    // Version, cipher, mode and chunk size, all behind the packet's first octet.
    private ReadOnlySpan<byte> Parameters => Octets.Span[1..ParametersLength];

    /// <summary>The cipher; null in version 1, where the session key's packet says it.</summary>
    internal SymmetricAlgorithm? Cipher => Form == EncryptedDataForm.SeipdV1 ? null : (SymmetricAlgorithm)Parameters[1];

    /// <summary>The AEAD mode; null in version 1.</summary>
    internal AeadAlgorithm? Mode => Form == EncryptedDataForm.SeipdV1 ? null : (AeadAlgorithm)Parameters[2];

    /// <summary>The version of the session-key packets that belong to it.</summary>
    internal int SessionKeyVersion => Form == EncryptedDataForm.SeipdV2 ? 6 : 3;

    private int ChunkLength => 1 << (6 + Parameters[3]);

    /// <summary>How many octets of a body are parameters, as far as can be said; one more than there are while it can't.</summary>
    internal static int Length(bool isLibrePgp, ReadOnlySpan<byte> body) => body switch
    {
        [] => 1,
        [1, ..] when !isLibrePgp => 1,
        [2, ..] when !isLibrePgp => 4 + SaltLength,
        [1, _, _, ..] => 4 + ((AeadAlgorithm)body[2]).NonceLength(),
        [1, ..] => body.Length + 1,
        _ => body.Length,
    };

    /// <summary>Reads them.</summary>
    /// <param name="isLibrePgp">Whether it is a packet of type 20.</param>
    /// <param name="body">As many octets as <see cref="Length"/> says.</param>
    /// <param name="refusal">Why they are not supported.</param>
    internal static EncryptedDataParameters? Read(bool isLibrePgp, ReadOnlySpan<byte> body, out MessageRefusal? refusal)
    {
        refusal = null;
        EncryptedDataForm? form = (isLibrePgp, body[0]) switch
        {
            (false, 1) => EncryptedDataForm.SeipdV1,
            (false, 2) => EncryptedDataForm.SeipdV2,
            (true, 1) => EncryptedDataForm.LibrePgpOcb,
            _ => null,
        };
        var tag = isLibrePgp ? PacketTag.OcbEncryptedData : PacketTag.SymmetricallyEncryptedIntegrityProtectedData;
        var read = form is { } known ? new EncryptedDataParameters(known, (byte[])[PacketWriter.TagOctet(tag), .. body]) : null;
        if (read is null)
            refusal = Unsupported($"version {body[0]} of the encrypted data");
        else if (read.Mode is { } mode && !ChunkCipher.IsAvailable(mode))
            refusal = Unsupported($"AEAD mode {(int)mode}");
        else if (read.Cipher is { } cipher && !cipher.IsAes())
            refusal = Unsupported($"cipher {(int)cipher} with an AEAD mode");
        else if (read.Mode is not null && read.Parameters[3] > MaxChunkOctet)
            refusal = Unsupported("chunks of more than 4 MiB");
        return refusal is null ? read : null;
    }

    /// <summary>Begins to decrypt what follows.</summary>
    /// <param name="key">The session key. A key of another length, or of a cipher that this system lacks, is answered like a
    /// wrong one: by a text that never proves.</param>
    /// <param name="next">Receives the packets inside.</param>
    /// <param name="options">Has buffers for plaintext.</param>
    internal IEncryptedDataReader Begin(SessionKey key, IOctetSink next, ReadingOptions options)
    {
        if (Form == EncryptedDataForm.SeipdV1)
            return BeginV1(key, next, options);

        int nonceLength = Mode!.Value.NonceLength();
        Span<byte> derived = stackalloc byte[Cipher!.Value.KeyLength() + nonceLength];
        var messageKey = derived[..Cipher.Value.KeyLength()];
        var firstNonce = derived[messageKey.Length..];
        firstNonce.Clear();
        try
        {
            if (key.Octets.Length != messageKey.Length)
                RandomNumberGenerator.Fill(messageKey);
            else if (Form == EncryptedDataForm.SeipdV2)
                HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Octets, derived[..^IndexLength], Octets.Span[ParametersLength..], Octets.Span[..ParametersLength]);
            else
                key.Octets.CopyTo(messageKey);

            if (Form == EncryptedDataForm.LibrePgpOcb)
                Octets.Span[ParametersLength..].CopyTo(firstNonce);
            var cipher = ChunkCipher.ForDecryption(Mode.Value, Cipher.Value, messageKey)!;
            return new ChunkedDataReader(
                cipher, next, Octets.Span[..ParametersLength], firstNonce, ChunkLength, authenticatesIndex: Form == EncryptedDataForm.LibrePgpOcb);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static EncryptedDataV1Reader BeginV1(SessionKey key, IOctetSink next, ReadingOptions options)
    {
        if (CfbDecryptor.Create(key.Cipher, key.Octets) is { } cipher)
            return new EncryptedDataV1Reader(cipher, key.Cipher.BlockLength(), next, options.Buffers);

        byte[] other = RandomNumberGenerator.GetBytes(SymmetricAlgorithm.Aes256.KeyLength());
        return new EncryptedDataV1Reader(
            CfbDecryptor.Create(SymmetricAlgorithm.Aes256, other)!, SymmetricAlgorithm.Aes256.BlockLength(), next, options.Buffers);
    }

    private static MessageRefusal Unsupported(string what) => new(MessageRefusalKind.Unsupported, what + " is not supported");
}
