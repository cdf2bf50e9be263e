using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Writes the body of a multipart/encrypted message (RFC 3156 §4) while the original's body comes in. Owned by
/// its message; what it has written is worth nothing until <see cref="Complete"/>.</summary>
/// <remarks>What a recipient gets back after decryption is the body that the MTA would have delivered: the bytes that came,
/// with CRLF for line ends as MIME has them. A bare LF, which Postfix and Sendmail take for a line end, becomes
/// CRLF; a bare CR, NUL, 8-bit bytes, long lines and a missing line end at the end stay what they are.</remarks>
internal sealed class PgpMimeWriter : IDisposable
{
    /// <summary>A few milliseconds' work, and some 10 KiB of armor.</summary>
    private const int SessionKeysAtOnce = 16;

    private readonly MessageEncryptor encryptor;
    private readonly IReadOnlyList<HeaderField> originalHeader;
    private readonly IBufferWriter<byte> output;
    private readonly string boundary;
    private readonly LineEndCorrection lines;

    private PgpMimeWriter(
        MessageEncryptor encryptor, IReadOnlyList<HeaderField> header, IBufferWriter<byte> output, string boundary)
    {
        this.encryptor = encryptor;
        originalHeader = header;
        this.output = output;
        this.boundary = boundary;
        lines = new LineEndCorrection(encryptor.Write);
        Header = PgpMimeHeader.Rewrite(header, boundary);
    }

    /// <summary>The changes of the message's header that go with the body.</summary>
    internal IReadOnlyList<HeaderChange> Header { get; }

    /// <summary>"SEIPDv1" or "SEIPDv2".</summary>
    internal string Format => $"SEIPDv{encryptor.Algorithms.SeipdVersion}";

    internal static PgpMimeWriter Begin(
        IReadOnlyList<HeaderField> header,
        IReadOnlyList<EncryptionRecipient> recipients,
        IBufferWriter<byte> output,
        EncryptionOptions options)
    {
        string boundary = NewBoundary(options.Random);
        WriteAscii(output, $"""
            --{boundary}
            Content-Type: application/pgp-encrypted
            Content-Description: PGP/MIME version identification

            Version: 1

            --{boundary}
            Content-Type: application/octet-stream; name="encrypted.asc"
            Content-Description: OpenPGP encrypted message
            Content-Disposition: inline; filename="encrypted.asc"


            """);
        var encryptor = MessageEncryptor.Begin(recipients, output, options with { Armor = true, LineEnding = LineEnding.CrLf });
        return new PgpMimeWriter(encryptor, header, output, boundary);
    }

    /// <summary>Writes what stands before the body, a slice with each call: thousands of recipients' session keys must
    /// not keep others waiting, nor pile up before they are counted.</summary>
    /// <returns>Whether all of it is written, and the body may follow.</returns>
    internal bool WriteHead()
    {
        if (!encryptor.WriteSessionKeys(SessionKeysAtOnce))
            return false;

        // Sized for folds that grow, so that no copy of it is left behind; cleared, since it is secret.
        var inner = new ArrayBufferWriter<byte>(PgpMimeHeader.InnerLengthAtMost(originalHeader));
        PgpMimeHeader.WriteInner(originalHeader, inner);
        encryptor.Write(inner.WrittenSpan);
        inner.Clear();
        return true;
    }

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    internal void Write(ReadOnlySpan<byte> body) => lines.Write(body);

    /// <summary>The body is whole.</summary>
    /// <returns>What is left to sign, in the order of the signers.</returns>
    internal IReadOnlyList<PendingSignature> Finish() => encryptor.Finish();

    /// <summary>Ends it all with the signatures.</summary>
    internal void Complete(IReadOnlyList<Signature> signatures)
    {
        encryptor.Complete(signatures);
        WriteAscii(output, $"""

            --{boundary}--

            """);
    }

    /// <inheritdoc/>
    public void Dispose() => encryptor.Dispose();

    /// <summary>Armor holds no line that begins with "--" and a letter or digit, so a boundary need not be looked for in
    /// what it divides; it is random nevertheless, for messages within messages.</summary>
    private static string NewBoundary(RandomNumberGenerator random)
    {
        Span<byte> octets = stackalloc byte[20];
        random.GetBytes(octets);
        return Convert.ToHexStringLower(octets);
    }

    private static void WriteAscii(IBufferWriter<byte> output, string text) =>
        Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"), output);
}
