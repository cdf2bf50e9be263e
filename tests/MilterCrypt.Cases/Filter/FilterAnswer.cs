using MilterCrypt.Milter;

namespace MilterCrypt.Cases.Filter;

/// <summary>What the filter does where it is asked.</summary>
public abstract record FilterAnswer
{
    /// <summary>Lets the message, or the session, pass by from here on.</summary>
    public sealed record Accept : FilterAnswer;

    /// <summary>Takes it and drops it.</summary>
    public sealed record Discard : FilterAnswer;

    /// <summary>Refuses it.</summary>
    public sealed record Refuse(SmtpReply Reply) : FilterAnswer;

    /// <summary>Throws.</summary>
    public sealed record Fail : FilterAnswer;

    /// <summary>Takes its time first.</summary>
    public sealed record Wait(int Seconds) : FilterAnswer;

    /// <summary>Keeps it on hold.</summary>
    public sealed record Quarantine(string Reason) : FilterAnswer;

    /// <summary>Gives the <paramref name="Nth"/> field of a name another value.</summary>
    public sealed record ChangeField(string Name, int Nth, byte[] Value) : FilterAnswer;

    /// <summary>Takes the <paramref name="Nth"/> field of a name out.</summary>
    public sealed record DeleteField(string Name, int Nth) : FilterAnswer;

    /// <summary>Adds a field at the end of the header.</summary>
    public sealed record AddField(string Name, byte[] Value) : FilterAnswer;

    /// <summary>Adds a field on top.</summary>
    public sealed record PrependField(string Name, byte[] Value) : FilterAnswer;

    /// <summary>Gives the message another body.</summary>
    public sealed record ReplaceBody(byte[] Body) : FilterAnswer;

    /// <summary>Gives it another envelope sender.</summary>
    public sealed record ChangeSender(EnvelopeAddress Sender) : FilterAnswer;

    /// <summary>Adds a recipient.</summary>
    public sealed record AddRecipient(EnvelopeAddress Recipient) : FilterAnswer;

    /// <summary>Takes the <paramref name="Nth"/> accepted recipient away.</summary>
    public sealed record RemoveRecipient(int Nth) : FilterAnswer;
}
