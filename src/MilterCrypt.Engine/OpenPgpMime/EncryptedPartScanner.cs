using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Engine.OpenPgpMime;

/// <summary>Follows a body through the structure that RFC 3156 §4 gives to multipart/encrypted, and nothing else: two
/// parts, no text around them that anybody could read, and in the second a message that its packets show to be
/// encrypted. Owned by its message; bounded memory.</summary>
internal sealed class EncryptedPartScanner(string boundary) : EncryptedBodyScanner
{
    /// <summary>RFC 5322 §2.1.1: no line of honest mail is longer.</summary>
    private const int MaxLine = 998 + 1;

    /// <summary>Room for the fields that mail programs write; a longer part header could carry a letter.</summary>
    private const int MaxPartHeader = 1024;

    private static readonly string[] HarmlessPreamble =
    [
        "This is an OpenPGP/MIME encrypted message (RFC 9580 and 3156)",
        "This is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)",
        "This is an OpenPGP/MIME encrypted message (RFC 2440 and 3156)",
        "This is a multi-part message in MIME format.",
    ];

    private readonly byte[] delimiter = Encoding.ASCII.GetBytes($"--{boundary}");
    private readonly byte[] line = new byte[MaxLine];
    private readonly byte[] partHeader = new byte[MaxPartHeader];
    private readonly EncryptedMessageScanner data = EncryptedMessageScanner.ForArmor();
    private int lineLength;
    private int partHeaderLength;
    private bool sawVersion;
    private Place place = Place.Preamble;

    private enum Place
    {
        Preamble, ControlHeader, ControlBody, DataHeader, DataBody, Epilogue, Nowhere,
    }

    /// <inheritdoc/>
    internal override void Write(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty && place != Place.Nowhere)
        {
            int lineFeed = body.IndexOf((byte)'\n');
            int taken = lineFeed < 0 ? body.Length : lineFeed;
            if (lineLength + taken > MaxLine)
            {
                place = Place.Nowhere;
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

    /// <inheritdoc/>
    internal override bool IsRefused => place == Place.Nowhere || data.IsRefused;

    /// <inheritdoc/>
    internal override EncryptedMessageScan Complete()
    {
        if (lineLength > 0)
            EndLine();
        return place == Place.Epilogue ? data.Complete() : new EncryptedMessageScan.NotEncrypted("no multipart/encrypted structure");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(line);
        CryptographicOperations.ZeroMemory(partHeader);
        data.Dispose();
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
        _ => Place.Nowhere,
    };

    private Place AtLine(ReadOnlySpan<byte> text)
    {
        bool blank = text.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;
        switch (place)
        {
            case Place.Preamble:
                return blank || HarmlessPreamble.Contains(Encoding.Latin1.GetString(text)) ? place : Place.Nowhere;
            case Place.ControlHeader:
                return text.IsEmpty ? EndPartHeader("application/pgp-encrypted", Place.ControlBody) : AddToPartHeader(text);
            case Place.ControlBody:
                bool version = !sawVersion && Encoding.Latin1.GetString(text).Trim().Equals("Version: 1", StringComparison.OrdinalIgnoreCase);
                sawVersion |= version;
                return blank || version ? place : Place.Nowhere;
            case Place.DataHeader:
                return text.IsEmpty ? EndPartHeader("application/octet-stream", Place.DataBody) : AddToPartHeader(text);
            case Place.DataBody:
                data.Write(text);
                data.Write("\r\n"u8);
                return place;
            case Place.Epilogue:
                return blank ? place : Place.Nowhere;
            default:
                return Place.Nowhere;
        }
    }

    private Place AddToPartHeader(ReadOnlySpan<byte> text)
    {
        if (partHeaderLength + text.Length + 1 > MaxPartHeader)
            return Place.Nowhere;
        text.CopyTo(partHeader.AsSpan(partHeaderLength));
        partHeaderLength += text.Length;
        partHeader[partHeaderLength++] = (byte)'\n';
        return place;
    }

    private Place EndPartHeader(string mediaType, Place next)
    {
        var fields = MessageHeader.ReadFields(partHeader.AsSpan(0, partHeaderLength), out _);
        partHeaderLength = 0;
        return fields is not null && EncryptedPartHeader.IsHarmless(fields, mediaType) ? next : Place.Nowhere;
    }
}
