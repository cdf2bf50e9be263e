namespace MilterCrypt.Engine.Policy;

/// <summary>Something in a message's header by which its sender asks for a rule.</summary>
public abstract record Trigger
{
    private Trigger() { }

    /// <summary>A text in the Subject, such as <c>[secure]</c>.</summary>
    /// <param name="Text">The text, matched without regard to ASCII case.</param>
    public sealed record InSubject(string Text) : Trigger;

    /// <summary>A header field, such as <c>Sensitivity: company-confidential</c>.</summary>
    /// <param name="Name">The field's name.</param>
    /// <param name="Value">Its value, matched without regard to ASCII case and white space around it; null for any.</param>
    public sealed record Field(string Name, string? Value) : Trigger;
}
