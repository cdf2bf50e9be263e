using System.Buffers;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Divides a message's header between the outer message and the part that is encrypted: Content-* fields
/// describe the content, so they go with it; all others stay where they were.</summary>
internal static class PgpMimeHeader
{
    private const string ContentType = "Content-Type";
    private const string MimeVersion = "MIME-Version";

    /// <summary>The changes that turn the header into that of a multipart/encrypted message (RFC 3156 §4).</summary>
    internal static IReadOnlyList<HeaderChange> Rewrite(IReadOnlyList<HeaderField> header, string boundary)
    {
        byte[] outerType = Encoding.ASCII.GetBytes(
            $" multipart/encrypted; protocol=\"application/pgp-encrypted\";\n\tboundary=\"{boundary}\"");
        var changes = new List<HeaderChange>();
        bool typed = false;
        for (int i = 0; i < header.Count; i++)
        {
            if (!typed && header[i].Is(ContentType))
            {
                changes.Add(new HeaderChange.Replace(i, outerType));
                typed = true;
            }
            else if (DescribesContent(header[i]))
            {
                changes.Add(new HeaderChange.Delete(i));
            }
        }
        if (!header.Any(field => field.Is(MimeVersion)))
            changes.Add(new HeaderChange.Add(MimeVersion, " 1.0"u8.ToArray()));
        if (!typed)
            changes.Add(new HeaderChange.Add(ContentType, outerType));
        return changes;
    }

    /// <summary>Writes the encrypted part's own header, the empty line behind it included: each Content-* field in its
    /// order, with its own bytes. Without a Content-Type a message is plain text (RFC 2045 §5.2); that is said here,
    /// since some readers show a part without any header as an attachment. It is said without a charset, so that a
    /// reader goes on guessing about 8-bit text as it would have done.</summary>
    internal static void WriteInner(IReadOnlyList<HeaderField> header, IBufferWriter<byte> output)
    {
        if (!header.Any(field => field.Is(ContentType)))
            output.Write("Content-Type: text/plain\r\n"u8);
        foreach (var field in header.Where(DescribesContent))
            field.WriteTo(output);
        output.Write("\r\n"u8);
    }

    /// <summary>What <see cref="WriteInner"/> writes has no more bytes than this.</summary>
    internal static int InnerLengthAtMost(IReadOnlyList<HeaderField> header) =>
        100 + header.Where(DescribesContent).Sum(field => 3 * (field.Name.Length + field.Value.Length + 1));

    /// <summary>The changes that turn the header of a multipart/encrypted message into that of what is encrypted in it.</summary>
    /// <param name="header">The message's.</param>
    /// <param name="inner">The Content-* fields of what is encrypted, each once.</param>
    internal static IReadOnlyList<HeaderChange> Restore(IReadOnlyList<HeaderField> header, IReadOnlyList<HeaderField> inner)
    {
        var changes = new List<HeaderChange>();
        var type = inner.FirstOrDefault(field => field.Is(ContentType));
        foreach (var (i, field) in header.Index().Where(field => DescribesContent(field.Item)))
        {
            // The outer type is one alone, or the message would not have been opened.
            changes.Add(field.Is(ContentType) && type is not null ? new HeaderChange.Replace(i, type.Value) : new HeaderChange.Delete(i));
        }
        if (!header.Any(field => field.Is(MimeVersion)))
            changes.Add(new HeaderChange.Add(MimeVersion, " 1.0"u8.ToArray()));
        changes.AddRange(inner.Where(field => field != type).Select(field => new HeaderChange.Add(field.Name, field.Value)));
        return changes;
    }

    /// <summary>Whether a field of that name belongs to the content.</summary>
    internal static bool DescribesContent(string name) => name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);

    private static bool DescribesContent(HeaderField field) => DescribesContent(field.Name);
}
