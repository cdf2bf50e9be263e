using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Follows a body through the structure that RFC 3156 §4 gives to multipart/encrypted, and nothing else: a control
/// part and an encrypted one. Owned by its message; bounded memory, cleared by disposal.</summary>
/// <param name="boundary">What divides the parts.</param>
/// <param name="visitor">Says what else may stand where.</param>
internal sealed class EncryptedParts(string boundary, IEncryptedPartVisitor visitor) : IDisposable
{
    /// <summary>RFC 5322 §2.1.1: no line of honest mail is longer.</summary>
    private const int MaxLine = 998 + 1;

    /// <summary>Room for the fields that mail programs write; a longer part header could carry a letter.</summary>
    private const int MaxPartHeader = 1024;

    private readonly byte[] delimiter = Encoding.ASCII.GetBytes($"--{boundary}");
    private readonly byte[] line = new byte[MaxLine];
    private readonly byte[] partHeader = new byte[MaxPartHeader];
    private int lineLength;
    private int partHeaderLength;
    private bool sawVersion;
    private Place place = Place.Preamble;

    private enum Place
    {
        Preamble, ControlHeader, ControlBody, DataHeader, DataBody, Epilogue, Nowhere,
    }

    /// <summary>Why this is no such body, in an administrator's words; null while it may be one.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    internal void Write(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty && place != Place.Nowhere)
        {
            int lineFeed = body.IndexOf((byte)'\n');
            int taken = lineFeed < 0 ? body.Length : lineFeed;
            if (lineLength + taken > MaxLine)
            {
                place = Refuse("a line of more than 998 octets");
                return;
            }
            body[..taken].CopyTo(line.AsSpan(lineLength));
            lineLength += taken;
            if (lineFeed < 0)
                return;
            EndLine();
            body = body[(lineFeed + 1)..];
        }
    }

    /// <summary>The body is whole.</summary>
    /// <returns>Whether the structure is; else <see cref="Problem"/> says why not.</returns>
    internal bool Complete()
    {
        if (lineLength > 0)
            EndLine();
        if (place is not (Place.Epilogue or Place.Nowhere))
            place = Refuse("a multipart that is not closed");
        return place == Place.Epilogue;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(line);
        CryptographicOperations.ZeroMemory(partHeader);
    }

    private void EndLine()
    {
        ReadOnlySpan<byte> text = line.AsSpan(0, lineLength);
        lineLength = 0;
        if (text.EndsWith("\r"u8))
            text = text[..^1];
        place = text.StartsWith(delimiter) ? AtDelimiter(text[delimiter.Length..].TrimEnd(" \t"u8)) : AtLine(text);
    }

    /// <param name="rest">What stands behind the boundary: nothing, or the two hyphens that close the multipart; anything
    /// else is read as a delimiter by some and as text by others (RFC 2046 §5.1.1).</param>
    private Place AtDelimiter(ReadOnlySpan<byte> rest) => place switch
    {
        Place.Preamble when rest.IsEmpty => Place.ControlHeader,
        Place.ControlBody when rest.IsEmpty && sawVersion => Place.DataHeader,
        Place.DataBody when rest.SequenceEqual("--"u8) => Place.Epilogue,
        _ => Refuse("other parts than a control part and an encrypted one"),
    };

    private Place AtLine(ReadOnlySpan<byte> text)
    {
        switch (place)
        {
            case Place.Preamble:
            case Place.Epilogue:
                return visitor.TakesOutside(text) ? place : Refuse("text around the parts");
            case Place.ControlHeader:
                return text.IsEmpty ? EndPartHeader("application/pgp-encrypted", Place.ControlBody) : AddToPartHeader(text);
            case Place.ControlBody:
                bool version = !sawVersion && Encoding.Latin1.GetString(text).Trim().Equals("Version: 1", StringComparison.OrdinalIgnoreCase);
                sawVersion |= version;
                return version || IsBlank(text) ? place : Refuse("a control part that does not say \"Version: 1\" alone");
            case Place.DataHeader:
                return text.IsEmpty ? EndPartHeader("application/octet-stream", Place.DataBody) : AddToPartHeader(text);
            case Place.DataBody:
                return visitor.TakesData(text) ? place : Refuse("data that is not armored");
            default:
                return place;
        }
    }

    internal static bool IsBlank(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    private Place AddToPartHeader(ReadOnlySpan<byte> text)
    {
        if (partHeaderLength + text.Length + 1 > MaxPartHeader)
            return Refuse("a part with a long header");
        text.CopyTo(partHeader.AsSpan(partHeaderLength));
        partHeaderLength += text.Length;
        partHeader[partHeaderLength++] = (byte)'\n';
        return place;
    }

    private Place EndPartHeader(string mediaType, Place next)
    {
        var fields = MessageHeader.ReadFields(partHeader.AsSpan(0, partHeaderLength), out _);
        partHeaderLength = 0;
        return fields is not null && visitor.TakesPartHeader(fields, mediaType) ? next : Refuse($"a part that is not plain {mediaType}");
    }

    private Place Refuse(string problem)
    {
        Problem = problem;
        return Place.Nowhere;
    }
}
