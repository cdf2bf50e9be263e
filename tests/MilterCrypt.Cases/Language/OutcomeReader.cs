using System.Globalization;
using MilterCrypt.Cases.Expectations;
using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Language;

/// <summary>Reads the lines that say what becomes of mail.</summary>
internal static class OutcomeReader
{
    private const string AsSent = "AS SENT";

    public static bool IsOutcome(string keyword) => keyword is "DELIVERED" or "HELD" or "BOUNCED" or "HANDED" or "NOTHING";

    /// <param name="place">Where the line stands.</param>
    /// <param name="on">The mail servers that it is about.</param>
    /// <param name="line">The line.</param>
    /// <param name="lines">What follows it.</param>
    /// <param name="sent">What the client has sent.</param>
    public static Outcome Read(Place place, OnMta on, string line, CaseLines lines, IReadOnlyList<byte[]> sent)
    {
        if (line == "NOTHING DELIVERED")
            return new Outcome.NoDelivery(place, on);
        if (line.StartsWith("HANDED BACK ", StringComparison.Ordinal) && int.TryParse(line["HANDED BACK ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            return new Outcome.HandedBack(place, on, count);
        if (line.StartsWith("BOUNCED TO <", StringComparison.Ordinal) && line[12..].Split("> SAYING ", 2) is [var to, var says])
            return new Outcome.Bounce(place, on, to, says);

        string? because = null;
        string head = line;
        if (line.StartsWith("HELD ", StringComparison.Ordinal) && line.Split(" BECAUSE ", 2) is [var before, var reason])
            (head, because) = ("DELIVERED" + before[4..], reason);
        bool asSent = head.EndsWith(" " + AsSent, StringComparison.Ordinal);
        head = asSent ? head[..^(AsSent.Length + 1)] : head;
        if (!head.StartsWith("DELIVERED FROM ", StringComparison.Ordinal))
            throw Wrong(place);

        string[] parts = head["DELIVERED FROM ".Length..].Split(" TO ");
        var addresses = parts.Select(Addresses.ReadOne).OfType<EnvelopeAddress>().ToList();
        if (addresses.Count != parts.Length || parts.Length < 2)
            throw Wrong(place);

        var delivery = new Outcome.Delivery(place, on, addresses[0], addresses[1..], because);
        delivery = asSent
            ? delivery with { Whole = Sent(place, "1", sent) }
            : delivery with { Whole = ContentReader.Read(lines) };
        while (!lines.IsAtEnd && ReadDetail(delivery, lines, sent) is { } more)
            delivery = more;
        return delivery;
    }

    private static Outcome.Delivery? ReadDetail(Outcome.Delivery delivery, CaseLines lines, IReadOnlyList<byte[]> sent)
    {
        string line = lines.Peek;
        if (!line.StartsWith("AND ", StringComparison.Ordinal))
            return null;
        var place = lines.Place;
        lines.Take();
        string[] words = line.Split(' ', 3);
        string rest = words.Length > 2 ? words[2] : "";
        switch (words[1])
        {
            case "FIELD" when rest.Contains(':', StringComparison.Ordinal):
                return delivery with { Fields = [.. delivery.Fields, rest] };
            case "NO" when rest.StartsWith("FIELD ", StringComparison.Ordinal):
                return delivery with { MissingFields = [.. delivery.MissingFields, rest["FIELD ".Length..]] };
            case "BODY":
                return delivery with { Body = rest.StartsWith(AsSent, StringComparison.Ordinal) ? BodyOf(Sent(place, Nth(rest), sent)) : ContentReader.Read(lines) ?? [] };
            case "ALL" when rest.StartsWith(AsSent, StringComparison.Ordinal):
                return delivery with { Whole = Sent(place, Nth(rest), sent) };
            case "ENCRYPTED" when rest.StartsWith("FOR ", StringComparison.Ordinal) && Addresses.ReadList(rest[4..]) is { } readers:
                return delivery with { EncryptedFor = readers };
            case "ANONYMOUSLY" when rest.StartsWith("FOR ", StringComparison.Ordinal) && Addresses.ReadList(rest[4..]) is { } hidden:
                return delivery with { AnonymouslyFor = hidden };
            default:
                throw new CaseSyntaxException(place, "AND FIELD name: value, AND NO FIELD name, AND BODY [AS SENT [n]], AND ALL AS SENT n, AND ENCRYPTED FOR <address>…, AND ANONYMOUSLY FOR <address>…");
        }
    }

    /// <summary>What stands behind the first empty line.</summary>
    internal static byte[] BodyOf(byte[] message)
    {
        if (message.AsSpan().StartsWith("\r\n"u8))
            return message[2..];
        int end = message.AsSpan().IndexOf("\r\n\r\n"u8);
        return end < 0 ? [] : message[(end + 4)..];
    }

    private static string Nth(string rest) => rest.Length > AsSent.Length ? rest[AsSent.Length..].Trim() : "1";

    private static byte[] Sent(Place place, string nth, IReadOnlyList<byte[]> sent) =>
        int.TryParse(nth, out int number) && number >= 1 && number <= sent.Count
            ? sent[number - 1]
            : throw new CaseSyntaxException(place, $"the client has sent {sent.Count} messages above this line, and no number {nth}");

    private static CaseSyntaxException Wrong(Place place) => new(
        place,
        "NOTHING DELIVERED, HANDED BACK n, BOUNCED TO <address> SAYING text, DELIVERED FROM <address> TO <address>… [AS SENT], or HELD FROM … TO … BECAUSE reason");
}
