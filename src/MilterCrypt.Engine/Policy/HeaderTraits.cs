using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Policy;

/// <summary>What rules ask of a header, each found once for all recipients and rules. Owned by one message's facts, and no more
/// safe for several threads than these.</summary>
/// <param name="header">The fields.</param>
internal sealed class HeaderTraits(IReadOnlyList<HeaderField> header)
{
    private readonly Dictionary<Trigger, bool> triggers = [];
    private readonly Lazy<IReadOnlyList<EncodedText>> subjects = new(
        () => [.. header.Where(static field => field.Is("Subject")).Select(static field => EncodedText.Read(field.Value))], isThreadSafe: false);

    private readonly Lazy<MailAddress?> author = new(() => MessageAuthor.TryRead(header, out var address, out _) ? address : null, isThreadSafe: false);
    private readonly Lazy<IReadOnlyList<string>> mediaTypes = new(() => ContentKinds.TypesOf(header), isThreadSafe: false);
    private readonly Lazy<bool> isListMail = new(() => header.Any(IsOfListMail), isThreadSafe: false);

    /// <summary>Whose message it is; null where there is not one author whose address can be read.</summary>
    public MailAddress? Author => author.Value;

    /// <summary>The message's media type, in lower case; several where it has several, none where it can't be read.</summary>
    public IReadOnlyList<string> MediaTypes => mediaTypes.Value;

    /// <summary>Whether a mailing list sends it.</summary>
    public bool IsListMail => isListMail.Value;

    /// <summary>Whether something stands in the header.</summary>
    public bool Has(Trigger trigger)
    {
        if (!triggers.TryGetValue(trigger, out bool has))
        {
            has = trigger switch
            {
                Trigger.InSubject inSubject => subjects.Value.Any(subject => AsciiCase.IndexOf(subject.Text.Span, Encoding.UTF8.GetBytes(inSubject.Text)) >= 0),
                Trigger.Field field => header.Any(field.Is),
                _ => false,
            };
            triggers.Add(trigger, has);
        }
        return has;
    }

    // RFC 2919, RFC 2369; RFC 3834 §3.1.8 for the one that is older.
    private static bool IsOfListMail(HeaderField field) =>
        field.Is("List-Id") || field.Is("List-Post") || new Trigger.Field("Precedence", "list").Is(field) || new Trigger.Field("Precedence", "bulk").Is(field);
}
