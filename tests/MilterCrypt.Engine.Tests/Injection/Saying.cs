namespace MilterCrypt.Engine.Tests.Injection;

/// <summary>What a scripted listener says at a step, and does then.</summary>
/// <param name="Octets">Each octet a character.</param>
internal sealed record Saying(string Octets)
{
    /// <summary>What is said first, before it waits for <see cref="After"/>.</summary>
    public string Before { get; init; } = "";

    /// <summary>What it waits for.</summary>
    public Task After { get; init; } = Task.CompletedTask;

    /// <summary>Whether it closes the connection after it.</summary>
    public bool Closes { get; init; }

    /// <summary>Whether it listens only from then on, and answers nothing.</summary>
    public bool IsTheLast { get; init; }

    /// <summary>Whether it doesn't even listen from then on.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>A whole reply.</summary>
    public static Saying Line(string text) => new(text + "\r\n");

    /// <summary>A whole reply, with which the listener hangs up.</summary>
    public static Saying Last(string text) => Line(text) with { Closes = true };

    /// <summary>It hangs up without a word.</summary>
    public static Saying HangUp { get; } = new("") { Closes = true };

    /// <summary>It says no word any more.</summary>
    public static Saying Silence { get; } = new("") { IsTheLast = true };
}
