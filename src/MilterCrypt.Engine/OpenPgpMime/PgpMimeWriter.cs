using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Writes the body of a multipart/encrypted message (RFC 3156 §4) while the original's body comes in. Owned by
/// its message; what it has written is worth nothing until <see cref="Complete"/>.</summary>
/// <remarks>What a recipient gets back after decryption is the body that the MTA would have delivered: the bytes that came,
/// with CRLF for line ends as MIME has them. A bare LF, which Postfix and Sendmail take for a line end, becomes
/// CRLF; a bare CR, NUL, 8-bit bytes, long lines and a missing line end at the end stay what they are.</remarks>
internal sealed class PgpMimeWriter : IDisposable
{
    private readonly MessageEncryptor encryptor;
    private readonly IBufferWriter<byte> output;
    private readonly string boundary;
    private bool endedInCr;

    private PgpMimeWriter(MessageEncryptor encryptor, IBufferWriter<byte> output, string boundary, IReadOnlyList<HeaderChange> header)
    {
        this.encryptor = encryptor;
        this.output = output;
        this.boundary = boundary;
        Header = header;
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
        var encryptor = MessageEncryptor.Create(recipients, output, options with { Armor = true, LineEnding = LineEnding.CrLf });
        var inner = new ArrayBufferWriter<byte>();
        PgpMimeHeader.WriteInner(header, inner);
        encryptor.Write(inner.WrittenSpan);
        return new PgpMimeWriter(encryptor, output, boundary, PgpMimeHeader.Rewrite(header, boundary));
    }

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    internal void Write(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty)
        {
            int bare = IndexOfBareLineFeed(body);
            if (bare < 0)
            {
                encryptor.Write(body);
                endedInCr = body[^1] == '\r';
                return;
            }
            encryptor.Write(body[..bare]);
            encryptor.Write("\r\n"u8);
            endedInCr = false;
            body = body[(bare + 1)..];
        }
    }

    /// <summary>The body is whole.</summary>
    internal void Complete()
    {
        encryptor.Complete();
        WriteAscii(output, $"""

            --{boundary}--

            """);
    }

    /// <inheritdoc/>
    public void Dispose() => encryptor.Dispose();

    private int IndexOfBareLineFeed(ReadOnlySpan<byte> body)
    {
        for (int from = 0, found; (found = body[from..].IndexOf((byte)'\n')) >= 0;)
        {
            int lineFeed = from + found;
            if (lineFeed == 0 ? !endedInCr : body[lineFeed - 1] != '\r')
                return lineFeed;
            from = lineFeed + 1;
        }
        return -1;
    }

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
