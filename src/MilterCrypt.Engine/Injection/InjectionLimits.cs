namespace MilterCrypt.Engine.Injection;

/// <summary>How long each step of the MTA may take; the caller's token bounds the whole. The defaults are what
/// RFC 5321 §4.5.3.2 has a client wait.</summary>
public sealed record InjectionLimits
{
    /// <summary>For a connection. The kernel knows at once on the same machine.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the greeting.</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For each reply to EHLO, MAIL and RCPT.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the reply to DATA.</summary>
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For it to take the next piece of the message.</summary>
    public TimeSpan Block { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For the reply to the message's end.</summary>
    public TimeSpan End { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For the same when nobody waits for the message any more: what the reply would have said is worth a moment, since
    /// without it the message is sent again.</summary>
    public TimeSpan LastWord { get; init; } = TimeSpan.FromSeconds(30);
}
