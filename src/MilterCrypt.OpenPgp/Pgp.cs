using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp;

/// <summary>The front door: whole streams encrypted, decrypted, signed and verified, with what is right where nothing else is
/// asked for. Immutable; share one in a process, and its buffers are shared. What is expected to fail, such as a certificate
/// that has expired or a message for somebody else, is an <see cref="OpenPgpException"/> that says why.</summary>
public sealed record Pgp
{
    private const int PieceLength = 64 * 1024;

    /// <summary>Which algorithms are good enough.</summary>
    public AlgorithmPolicy Policy { get; init; } = AlgorithmPolicy.Default;

    /// <summary>Says what time it is, for certificates and signatures that end.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes session keys and salts.</summary>
    public RandomNumberGenerator Random { get; init; } = RandomNumberGenerator.Create();

    /// <summary>Where buffers for plaintext come from: cleared when they go back.</summary>
    public ClearedBufferPool Buffers { get; init; } = new();

    /// <summary>Whether what is written is armor rather than binary.</summary>
    public bool Armor { get; init; } = true;

    /// <summary>The most octets of text that are read, and held in memory until they are proven. 256 MiB.</summary>
    public long MaxLength { get; init; } = new ReadingOptions().MaxLength;

    private EncryptionOptions EncryptionOptions => new() { Armor = Armor, Time = Clock, Buffers = Buffers, Random = Random };

    /// <summary>Encrypts a stream to the owners of certificates.</summary>
    /// <param name="plaintext">Read to its end.</param>
    /// <param name="message">Receives the message; nobody takes it for one before it is whole.</param>
    /// <param name="recipients">One at least, each judged at this time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OpenPgpException">Nothing may be encrypted to a certificate; nothing was written.</exception>
    public Task EncryptAsync(
        Stream plaintext, Stream message, IReadOnlyList<Certificate> recipients, CancellationToken cancellationToken = default) =>
        EncryptAsync(plaintext, message, recipients, [], cancellationToken);

    /// <summary>Signs a stream and encrypts it, with the signatures, to the owners of certificates.</summary>
    /// <param name="plaintext">Read to its end.</param>
    /// <param name="message">Receives the message; nobody takes it for one before it is whole.</param>
    /// <param name="recipients">One at least, each judged at this time.</param>
    /// <param name="signers">Who signs it, each with the newest key that may.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OpenPgpException">Nothing may be encrypted to a certificate, or a signer has no key to sign with;
    /// nothing was written.</exception>
    public Task EncryptAsync(
        Stream plaintext, Stream message, IReadOnlyList<Certificate> recipients, IReadOnlyList<SecretCertificate> signers,
        CancellationToken cancellationToken = default)
    {
        SecretKey[] keys = [.. signers.Select(SigningKeyOf)];
        var options = EncryptionOptions with { Signers = [.. keys.Select(static key => key.PublicKey)] };
        return EncryptAsync(plaintext, message, [.. recipients.SelectMany(KeysOf)], options, keys, cancellationToken);
    }

    /// <summary>Encrypts a stream to those who know a passphrase, in the form that all software reads.</summary>
    /// <param name="plaintext">Read to its end.</param>
    /// <param name="message">Receives the message; nobody takes it for one before it is whole.</param>
    /// <param name="passphrase">Its octets, UTF-8; the caller clears them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task EncryptWithPassphraseAsync(
        Stream plaintext, Stream message, ReadOnlyMemory<byte> passphrase, CancellationToken cancellationToken = default) =>
        EncryptAsync(plaintext, message, [], EncryptionOptions with { Passphrases = [passphrase] }, [], cancellationToken);

    /// <summary>Decrypts a message, or reads one that is signed alone, and writes its text once it is proven.</summary>
    /// <param name="message">Armored or binary, read to its end.</param>
    /// <param name="plaintext">Receives the text; nothing where the message is refused.</param>
    /// <param name="keys">Those that may open it.</param>
    /// <param name="signers">Those whose signatures can be verified.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How it was encrypted, and what is to be thought of its signatures.</returns>
    /// <exception cref="OpenPgpException">The message is not read, and why.</exception>
    public async Task<MessageContent> DecryptAsync(
        Stream message, Stream plaintext, IReadOnlyList<SecretCertificate> keys, IReadOnlyList<Certificate> signers,
        CancellationToken cancellationToken = default)
    {
        using var held = new HeldPlaintext(Buffers);
        var content = await DecryptAsync(message, held, keys, signers, cancellationToken);
        foreach (var piece in held.Pieces())
            await plaintext.WriteAsync(piece, cancellationToken);
        return content;
    }

    /// <summary>The same for who wants to see the text as it comes, and can wait with what it does of it until it is proven:
    /// messages of any size, up to <see cref="MaxLength"/>, in little memory.</summary>
    /// <inheritdoc cref="DecryptAsync(Stream, Stream, IReadOnlyList{SecretCertificate}, IReadOnlyList{Certificate}, CancellationToken)"/>
    public async Task<MessageContent> DecryptAsync(
        Stream message, IPlaintextSink plaintext, IReadOnlyList<SecretCertificate> keys, IReadOnlyList<Certificate> signers,
        CancellationToken cancellationToken = default)
    {
        return await ReadAsync(
            message, plaintext, wanted => Open(wanted, keys), opened => SecretCertificate.OwnerOf(opened, keys), signers, cancellationToken);
    }

    /// <summary>Decrypts a message with a passphrase, and writes its text once it is proven.</summary>
    /// <param name="message">Armored or binary, read to its end.</param>
    /// <param name="plaintext">Receives the text; nothing where the message is refused.</param>
    /// <param name="passphrase">Its octets, UTF-8; the caller clears them.</param>
    /// <param name="signers">Those whose signatures can be verified.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OpenPgpException">The message is not read, and why; a wrong passphrase is not told from damage.</exception>
    public async Task<MessageContent> DecryptWithPassphraseAsync(
        Stream message, Stream plaintext, ReadOnlyMemory<byte> passphrase, IReadOnlyList<Certificate> signers,
        CancellationToken cancellationToken = default)
    {
        using var held = new HeldPlaintext(Buffers);
        var content = await ReadAsync(message, held, wanted => Open(wanted, passphrase.Span), static _ => null, signers, cancellationToken);
        foreach (var piece in held.Pieces())
            await plaintext.WriteAsync(piece, cancellationToken);
        return content;
    }

    /// <summary>Signs a stream; the signatures stand beside it.</summary>
    /// <param name="data">Read to its end.</param>
    /// <param name="signatures">Receives the signatures.</param>
    /// <param name="signers">Who signs it, each with the newest key that may.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OpenPgpException">A signer has no key to sign with; nothing was written.</exception>
    public async Task SignAsync(
        Stream data, Stream signatures, IReadOnlyList<SecretCertificate> signers, CancellationToken cancellationToken = default)
    {
        var keys = signers.Select(SigningKeyOf).ToList();
        var output = PipeWriter.Create(signatures, new StreamPipeWriterOptions(leaveOpen: true));
        var options = new SigningOptions { Armor = Armor, Time = Clock, Random = Random };
        using var signer = MessageSigner.Detached([.. keys.Select(static key => key.PublicKey)], output, options);
        await PumpAsync(data, piece =>
        {
            signer.Write(piece);
            return default;
        }, cancellationToken);
        signer.Complete(keys);
        await output.CompleteAsync();
    }

    /// <summary>Verifies signatures that stand beside their data.</summary>
    /// <param name="data">Read to its end.</param>
    /// <param name="signatures">Armored or binary.</param>
    /// <param name="signers">Those whose signatures can be verified.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What is to be thought of each; only a good one says that somebody signed the data.</returns>
    /// <exception cref="OpenPgpException">These are no signatures.</exception>
    public async Task<IReadOnlyList<SignatureVerdict>> VerifyAsync(
        Stream data, ReadOnlyMemory<byte> signatures, IReadOnlyList<Certificate> signers, CancellationToken cancellationToken = default)
    {
        if (!DetachedVerifier.TryCreate(signatures, out var verifier, out string? reason))
            throw new OpenPgpException(reason);

        using (verifier)
        {
            await PumpAsync(data, piece =>
            {
                verifier.Write(piece);
                return default;
            }, cancellationToken);
            return verifier.Judge(signers, Clock.GetUtcNow(), Policy);
        }
    }

    private async Task EncryptAsync(
        Stream plaintext, Stream message, IReadOnlyList<EncryptionRecipient> recipients, EncryptionOptions options,
        IReadOnlyList<SecretKey> signers, CancellationToken cancellationToken)
    {
        var output = PipeWriter.Create(message, new StreamPipeWriterOptions(leaveOpen: true));
        using var encryptor = MessageEncryptor.Create(recipients, output, options);
        await PumpAsync(plaintext, piece =>
        {
            encryptor.Write(piece);
            return output.FlushAsync(cancellationToken);
        }, cancellationToken);
        encryptor.Complete(signers);
        await output.CompleteAsync();
    }

    private async Task<MessageContent> ReadAsync(
        Stream message, IPlaintextSink plaintext, Func<SessionKeyRequest, SessionKey?> open, Func<PublicKey, Fingerprint?> ownerOf,
        IReadOnlyList<Certificate> signers, CancellationToken cancellationToken)
    {
        var options = new ReadingOptions { Policy = Policy, Clock = Clock, MaxLength = MaxLength, Buffers = Buffers };
        using var reader = new MessageReader(plaintext, options);
        await PumpAsync(message, piece =>
        {
            reader.Write(piece);
            if (reader.SessionKeyWanted is { } wanted)
            {
                using var key = open(wanted);
                reader.UseSessionKey(key, key?.OpenedBy is { } opened ? ownerOf(opened) : null);
            }

            return default;
        }, cancellationToken);
        return reader.Complete(signers) switch
        {
            MessageReading.Read(var content) => content,
            MessageReading.Refused(var refusal) => throw new OpenPgpException(refusal),
            _ => throw new InvalidOperationException("A third kind of reading."),
        };
    }

    private SecretKey SigningKeyOf(SecretCertificate signer) => signer.SigningKey(Clock.GetUtcNow(), Policy, out string? refusal)
        ?? throw new OpenPgpException($"certificate {signer.Certificate.Fingerprint} can't sign: {refusal}");

    private IReadOnlyList<EncryptionRecipient> KeysOf(Certificate certificate) =>
        certificate.At(Clock.GetUtcNow(), Policy).ForEncryption() switch
        {
            EncryptionVerdict.Usable(var keys) => keys,
            EncryptionVerdict.Unusable(var reason) => throw new OpenPgpException($"certificate {certificate.Fingerprint}: {reason}"),
            _ => throw new InvalidOperationException("A third kind of verdict."),
        };

    private SessionKey? Open(SessionKeyRequest wanted, IReadOnlyList<SecretCertificate> keys)
    {
        var secrets = keys.SelectMany(static key => key.DecryptionKeys).ToList();
        var opened = SessionKeyOpener.Open(wanted.Packets, secrets, wanted.PacketVersion, wanted.Cipher, Random);
        if (opened is null && secrets.Find(key => key.IsLocked && IsFor(wanted, key)) is { } locked)
            throw new OpenPgpException($"key {locked.PublicKey.Fingerprint}, which would open the message, is locked with a passphrase");
        return opened;
    }

    private SessionKey? Open(SessionKeyRequest wanted, ReadOnlySpan<byte> passphrase) =>
        SessionKeyOpener.OpenWithPassphrase(
            wanted.Passphrases, passphrase, wanted.PacketVersion, wanted.Cipher, S2kLimits.Default, Random, out string? refusal)
        ?? throw new OpenPgpException(refusal!);

    private static bool IsFor(SessionKeyRequest wanted, SecretKey key) =>
        wanted.Packets.Any(packet => packet.Version == wanted.PacketVersion && packet.MayBeFor(key.PublicKey));

    /// <summary>Shows a stream piece by piece, in a buffer that is cleared afterwards.</summary>
    private async Task PumpAsync(Stream input, Func<ReadOnlySpan<byte>, ValueTask<FlushResult>> take, CancellationToken cancellationToken)
    {
        using IMemoryOwner<byte> buffer = Buffers.Rent(PieceLength);
        while (await input.ReadAsync(buffer.Memory, cancellationToken) is var length and > 0)
            await take(buffer.Memory.Span[..length]);
    }
}
