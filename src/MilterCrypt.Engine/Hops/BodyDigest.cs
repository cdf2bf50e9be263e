using System.Security.Cryptography;

namespace MilterCrypt.Engine.Hops;

/// <summary>SHA-256 of a body in DKIM's relaxed form (RFC 6376 §3.4.4): MTAs change blanks at the ends of lines, line ends, and empty
/// lines at the end. Owned by its message; bounded memory, cleared by disposal.</summary>
internal sealed class BodyDigest : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] buffer = new byte[4096];
    private int length;
    private long emptyLines;
    private bool isLineEmpty = true;
    private bool hasBlank;
    private bool hasCr;

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    internal void Write(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty)
        {
            int run = body.IndexOfAny("\r\n \t"u8);
            var text = run < 0 ? body : body[..run];
            if (!text.IsEmpty)
                AddText(text);
            if (run < 0)
                return;
            AddSpecial(body[run]);
            body = body[(run + 1)..];
        }
    }

    /// <summary>The body is whole.</summary>
    internal byte[] Complete()
    {
        if (hasCr)
            AddText([]);
        if (!isLineEmpty)
            Add("\r\n"u8);
        Flush();
        return hash.GetHashAndReset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        hash.Dispose();
        CryptographicOperations.ZeroMemory(buffer);
    }

    private void AddSpecial(byte b)
    {
        if (b == '\n')
        {
            // Without a CR before it, too: Postfix and Sendmail take it for one.
            hasCr = false;
            EndLine();
            return;
        }
        if (hasCr)
            AddText([]);
        if (b == '\r')
            hasCr = true;
        else
            hasBlank = true;
    }

    // A CR that ends no line is text.
    private void AddText(ReadOnlySpan<byte> text)
    {
        for (; emptyLines > 0; emptyLines--)
            Add("\r\n"u8);
        if (hasCr)
        {
            AddBlank();
            Add("\r"u8);
        }
        hasCr = false;
        AddBlank();
        Add(text);
        isLineEmpty = false;
    }

    private void AddBlank()
    {
        if (hasBlank)
            Add(" "u8);
        hasBlank = false;
    }

    private void EndLine()
    {
        if (isLineEmpty)
            emptyLines++;
        else
            Add("\r\n"u8);
        isLineEmpty = true;
        hasBlank = false;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > buffer.Length)
            Flush();
        if (bytes.Length > buffer.Length)
        {
            hash.AppendData(bytes);
            return;
        }
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    private void Flush()
    {
        hash.AppendData(buffer.AsSpan(0, length));
        length = 0;
    }
}
