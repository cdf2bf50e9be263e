namespace MilterCrypt.Milter.Client;

/// <summary>What a message's sender, or its recipients, notice of what a filter said.</summary>
public enum ClientOutcome
{
    /// <summary>The message goes on to its recipients.</summary>
    Delivered,

    /// <summary>The MTA took it and keeps it on hold.</summary>
    Held,

    /// <summary>The MTA said that it took it, and nobody gets it.</summary>
    Discarded,

    /// <summary>It is refused for good (5xx).</summary>
    Refused,

    /// <summary>It is refused for now (4xx), or stays in the MTA's queue.</summary>
    Deferred,

    /// <summary>It is refused and the MTA hangs up on its SMTP client (421).</summary>
    Disconnected,
}
