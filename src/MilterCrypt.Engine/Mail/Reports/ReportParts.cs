using System.Security.Cryptography;
using System.Text;

namespace MilterCrypt.Engine.Mail.Reports;

/// <summary>Follows a body through the two or three parts of a report (RFC 6522 §3): what people read, what machines read, and
/// the message that it is about. Only what the last two classes keep survives. Parts within parts are text to it, so there is no
/// depth. Owned by its message; bounded memory, cleared by disposal.</summary>
/// <param name="structure">What the header says.</param>
internal sealed class ReportParts(ReportStructure structure) : IDisposable
{
    /// <summary>More than twice what a line may have (RFC 5322 §2.1.1); what is behind that is not looked at.</summary>
    private const int MaxLine = 2048;

    private const int MaxPartHeader = 8 * 1024;

    private readonly byte[] delimiter = Encoding.ASCII.GetBytes($"--{structure.Boundary}");
    private readonly byte[] line = new byte[MaxLine];
    private readonly byte[] partHeader = new byte[MaxPartHeader];
    private readonly ReportGroups groups = new(structure.Kind);
    private readonly ReturnedHeader returned = new();
    private int lineLength;
    private int partHeaderLength;
    private bool isLineWhole = true;
    private Place place = Place.Preamble;

    private enum Place
    {
        Preamble, ForPeople, GroupsHeader, Groups, ReturnedPartHeader, Returned, Skipped, Epilogue, NoReport,
    }

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    internal void Write(ReadOnlySpan<byte> body)
    {
        while (!body.IsEmpty && place is not (Place.Epilogue or Place.NoReport))
        {
            int lineFeed = body.IndexOf((byte)'\n');
            var text = lineFeed < 0 ? body : body[..lineFeed];
            int taken = Math.Min(text.Length, MaxLine - lineLength);
            text[..taken].CopyTo(line.AsSpan(lineLength));
            lineLength += taken;
            isLineWhole &= taken == text.Length;
            if (lineFeed < 0)
                return;
            EndLine();
            body = body[(lineFeed + 1)..];
        }
    }

    /// <summary>The body is whole.</summary>
    /// <returns>What is kept of it; null where it is no report, is not closed, or says nothing.</returns>
    internal KeptReport? Complete()
    {
        if (lineLength > 0)
            EndLine();
        return place == Place.Epilogue && groups.Text is { Length: > 0 } text ? new KeptReport(structure.Kind, text, returned.Text) : null;
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
        bool isWhole = isLineWhole;
        lineLength = 0;
        isLineWhole = true;
        if (isWhole && text.EndsWith("\r"u8))
            text = text[..^1];

        var rest = text.StartsWith(delimiter) ? text[delimiter.Length..].TrimEnd(" \t"u8) : "text"u8;
        if (isWhole && rest.IsEmpty)
            place = AtDelimiter();
        else if (isWhole && rest.SequenceEqual("--"u8))
            place = AtEnd();
        else
            place = AtLine(text, isWhole);
    }

    private Place AtDelimiter()
    {
        switch (place)
        {
            case Place.Preamble:
                return Place.ForPeople;
            case Place.ForPeople:
                return Place.GroupsHeader;
            case Place.Groups:
                groups.End();
                return Place.ReturnedPartHeader;
            default:
                return Place.NoReport;
        }
    }

    private Place AtEnd()
    {
        switch (place)
        {
            case Place.Groups:
                groups.End();
                return Place.Epilogue;
            case Place.ReturnedPartHeader or Place.Returned or Place.Skipped:
                returned.End();
                return Place.Epilogue;
            default:
                return Place.NoReport;
        }
    }

    private Place AtLine(ReadOnlySpan<byte> text, bool isWhole)
    {
        switch (place)
        {
            case Place.GroupsHeader:
                return text.IsEmpty ? (HasGroups() ? Place.Groups : Place.NoReport) : AddToPartHeader(text, isWhole);
            case Place.ReturnedPartHeader:
                return text.IsEmpty ? (HasReturned() ? Place.Returned : Place.Skipped) : AddToPartHeader(text, isWhole);
            case Place.Groups:
                return groups.Add(text, isWhole) ? place : Place.NoReport;
            case Place.Returned:
                returned.Add(text, isWhole);
                return place;
            default:
                return place;
        }
    }

    private Place AddToPartHeader(ReadOnlySpan<byte> text, bool isWhole)
    {
        if (!isWhole || partHeaderLength + text.Length + 1 > MaxPartHeader)
            return Place.NoReport;
        text.CopyTo(partHeader.AsSpan(partHeaderLength));
        partHeaderLength += text.Length;
        partHeader[partHeaderLength++] = (byte)'\n';
        return place;
    }

    private bool HasGroups() => ReadPartType() switch
    {
        "message/delivery-status" or "message/global-delivery-status" => structure.Kind == ReportKind.DeliveryStatus,
        "message/disposition-notification" or "message/global-disposition-notification" => structure.Kind == ReportKind.Disposition,
        _ => false,
    };

    private bool HasReturned() =>
        ReadPartType() is "message/rfc822" or "text/rfc822-headers" or "message/rfc822-headers" or "message/global" or "message/global-headers";

    /// <summary>The media type of the part whose header has come; null where its bytes are not what they seem.</summary>
    private string? ReadPartType()
    {
        var fields = MessageHeader.ReadFields(partHeader.AsSpan(0, partHeaderLength), out _);
        partHeaderLength = 0;
        return fields is not null && ReportStructure.IsUnencoded(fields) ? ReportStructure.Sole(fields)?.MediaType : null;
    }
}
