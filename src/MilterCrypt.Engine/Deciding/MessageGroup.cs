using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;

namespace MilterCrypt.Engine.Deciding;

/// <summary>Recipients who get the same bytes.</summary>
/// <param name="Form">The form that they need.</param>
/// <param name="Recipients">Who they are, one at least.</param>
/// <param name="Keys">What it is encrypted to; none where it isn't.</param>
internal sealed record MessageGroup(MessageForm Form, IReadOnlyList<RecipientOutcome.Accepted> Recipients, MessageKeys Keys)
{
    /// <summary>The recipients of one message in as few groups as there must be.</summary>
    /// <param name="recipients">All that it goes to.</param>
    /// <param name="header">Whom it names.</param>
    /// <param name="bccCopies">How many of them all get a copy of their own because it doesn't name them; where those who need the
    /// same are more than are left of these, they all get it with the others, their keys without a name.</param>
    internal static IReadOnlyList<MessageGroup> Of(
        IReadOnlyList<RecipientOutcome.Accepted> recipients, IReadOnlyList<HeaderField> header, int bccCopies)
    {
        var groups = new List<MessageGroup>();
        IReadOnlySet<MailAddress>? named = null;
        foreach (var alike in recipients.GroupBy(static recipient => recipient.Needs))
        {
            var members = alike.ToList();
            if (alike.Key.Form != MessageForm.OpenPgp || members.Count == 1)
            {
                groups.Add(New(alike.Key.Form, members, []));
                continue;
            }
            named ??= NamedAddresses.Of(header);
            var hidden = SetOf(members.Where(member => member.Decision.Bcc != BccMode.WithOthers && !member.IsIn(named)));
            var alone = SetOf(hidden.Where(static member => member.Decision.Bcc == BccMode.Separate));
            if (alone.Count > bccCopies)
                alone.Clear();
            bccCopies -= alone.Count;
            groups.AddRange(members.Where(alone.Contains).Select(member => New(alike.Key.Form, [member], [])));
            var together = members.Where(member => !alone.Contains(member)).ToList();
            if (together.Count > 0)
                groups.Add(New(alike.Key.Form, together, hidden));
        }
        return groups;
    }

    /// <summary>Each by himself: of a message to thousands, comparing all that is known of them would take longer than encrypting it.</summary>
    private static HashSet<RecipientOutcome.Accepted> SetOf(IEnumerable<RecipientOutcome.Accepted> recipients) =>
        new(recipients, ReferenceEqualityComparer.Instance);

    private static MessageGroup New(
        MessageForm form, List<RecipientOutcome.Accepted> recipients, HashSet<RecipientOutcome.Accepted> hidden)
    {
        var keys = new MessageKeys();
        // Who is named may share a key with who is not: it is named, then, anyhow.
        foreach (var recipient in recipients.OrderBy(hidden.Contains))
        {
            foreach (var key in recipient.AllKeys)
                keys.Add(key, isAnonymous: hidden.Contains(recipient) && recipients.Count > 1);
        }
        return new MessageGroup(form, recipients, keys);
    }
}
