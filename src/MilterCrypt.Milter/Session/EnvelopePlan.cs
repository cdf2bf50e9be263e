using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>Turns changes of an envelope into the operations that bring them about.</summary>
internal static class EnvelopePlan
{
    /// <exception cref="ArgumentException">An address or argument can't be one, a recipient to be taken away is not there,
    /// or none would be left.</exception>
    public static IReadOnlyList<EnvelopeOperation> Make(MailTransaction mail, MessageChanges changes, MilterActions allowed)
    {
        var operations = new List<EnvelopeOperation>();
        if (changes.Sender is { } sender)
            operations.Add(Operation(MilterReply.ChangeSender, sender));

        // Before the additions: one that has the same address must stay.
        string[] removed = [.. changes.RemovedRecipients.Select(recipient => recipient.Given).Distinct(StringComparer.Ordinal)];
        foreach (string given in removed)
        {
            if (!mail.Recipients.Any(recipient => recipient.Given == given))
                throw new ArgumentException($"{given} is no recipient that could be taken away.", nameof(changes));
            operations.Add(new EnvelopeOperation(MilterReply.DeleteRecipient, given));
        }

        // The MTA would say 250 and drop the message.
        if (removed.Length > 0 && changes.AddedRecipients.Count == 0 && mail.Recipients.All(recipient => removed.Contains(recipient.Given)))
            throw new ArgumentException("No recipient would be left.", nameof(changes));

        foreach (EnvelopeAddress added in changes.AddedRecipients)
        {
            if (added.Address.Length == 0)
                throw new ArgumentException("A recipient has no address.", nameof(changes));
            bool simple = added.Arguments.Count == 0 && allowed.HasFlag(MilterActions.AddRecipients);
            operations.Add(Operation(simple ? MilterReply.AddRecipient : MilterReply.AddRecipientWithArguments, added));
        }

        return operations;
    }

    /// <summary>The action that an operation takes.</summary>
    public static MilterActions ActionOf(EnvelopeOperation operation) => operation.Code switch
    {
        MilterReply.ChangeSender => MilterActions.ChangeSender,
        MilterReply.DeleteRecipient => MilterActions.DeleteRecipients,
        MilterReply.AddRecipient => MilterActions.AddRecipients,
        _ => MilterActions.AddRecipientsWithArguments,
    };

    private static EnvelopeOperation Operation(byte code, EnvelopeAddress changed)
    {
        string path = $"<{CheckedAddress(changed.Address)}>";
        return changed.Arguments.Count == 0
            ? new EnvelopeOperation(code, path)
            : new EnvelopeOperation(code, path, string.Join(' ', changed.Arguments.Select(CheckedArgument)));
    }

    // Read back, it must be the same: a '>' or a blank outside quotes would begin something else.
    private static string CheckedAddress(string address) =>
        !address.Any(char.IsControl) && EnvelopePath.IsWhole($"<{address}>")
            ? address
            : throw new ArgumentException($"'{address}' is no address.", nameof(address));

    private static string CheckedArgument(string argument) =>
        argument.Length > 0 && !argument.Any(c => c == ' ' || char.IsControl(c))
            ? argument
            : throw new ArgumentException($"'{argument}' is no ESMTP argument.", nameof(argument));
}
