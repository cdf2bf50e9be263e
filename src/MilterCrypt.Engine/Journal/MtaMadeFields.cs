using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Journal;

/// <summary>Finds the header fields that Postfix made for a client that had none, and makes anew at each try: Message-Id, then
/// Date. It sends them behind all others; behind these two come only From and To, which are the same each time. Where
/// the message was sent on by a person, the same fields are made with "Resent-" before them. (Sendmail doesn't tell filters
/// of what it makes.)</summary>
internal sealed class MtaMadeFields
{
    private const int TimeLength = 14;

    private readonly int messageId = -1;
    private readonly int date = -1;

    /// <param name="fields">All fields, in their order.</param>
    /// <param name="queueId">What the MTA calls the message, which is in each Message-Id that it makes; null where it doesn't
    /// say.</param>
    public MtaMadeFields(IReadOnlyList<HeaderField> fields, string? queueId)
    {
        bool hasOwnName = fields.Any(field => IsMessageId(field) && !IsBlank(field) && !IsMade(field, queueId));
        int last = fields.Count - 1;
        while (last >= 0 && (fields[last].Is("To") || fields[last].Is("From") || fields[last].Is("Resent-From")))
            last--;
        int before = last >= 0 && (fields[last].Is("Date") || fields[last].Is("Resent-Date")) ? last - 1 : last;
        if (before >= 0 && IsMade(fields[before], queueId))
            messageId = before;
        // Whose a last Date is can't be seen where the sender gave a Message-ID and perhaps no Date. Then it is left out, and such
        // a message is not taken for named.
        if (before < last && (messageId >= 0 || hasOwnName))
            date = last;
        IsNamed = hasOwnName && messageId < 0 && date < 0;
    }

    /// <summary>Whether the sender gave the message a Message-ID, and nothing had to be left out.</summary>
    public bool IsNamed { get; }

    /// <summary>Whether the field at this place is the MTA's, or may be.</summary>
    public bool Has(int index) => index == messageId || index == date;

    private static bool IsMessageId(HeaderField field) => field.Is("Message-ID") || field.Is("Resent-Message-ID");

    private static bool IsBlank(HeaderField field) => field.Value.Span.Trim(" \t\r\n"u8).IsEmpty;

    // <20261126120000.QUEUEID@mail.example>
    private static bool IsMade(HeaderField field, string? queueId)
    {
        if (string.IsNullOrEmpty(queueId) || !IsMessageId(field))
            return false;
        var value = field.Value.Span.Trim(" \t\r\n"u8);
        return value.StartsWith("<"u8)
            && value.Length > 1 + TimeLength
            && value.Slice(1, TimeLength).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && value[(1 + TimeLength)..].StartsWith(Encoding.UTF8.GetBytes($".{queueId}@"));
    }
}
