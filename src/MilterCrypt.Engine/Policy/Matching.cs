namespace MilterCrypt.Engine.Policy;

/// <summary>Whether a rule is for a recipient of a message, as far as the message is known.</summary>
public enum Matching
{
    /// <summary>It is not.</summary>
    No,

    /// <summary>That hangs on what is not known yet: the header, or the length.</summary>
    Open,

    /// <summary>Nobody will ever know: it hangs on who sends the message, and what was said of that doesn't hold.</summary>
    Perhaps,

    /// <summary>It is.</summary>
    Yes,
}
