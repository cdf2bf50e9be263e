namespace MilterCrypt.Faults;

/// <summary>What came of a run.</summary>
/// <param name="Plan">What was done.</param>
public sealed record FaultOutcome(FaultPlan Plan)
{
    /// <summary>Why it was not done; else null.</summary>
    public string? Skipped { get; init; }

    /// <summary>Whether something went wrong at all: a moment that was chosen may never come.</summary>
    public bool HasFired { get; init; }

    /// <summary>How often the client tried again.</summary>
    public int Retries { get; init; }

    /// <summary>How many copies came a second time where that is documented, by the window's name.</summary>
    public IReadOnlyDictionary<string, int> Doubled { get; init; } = new Dictionary<string, int>();

    /// <summary>How many came a second time elsewhere.</summary>
    public int DoubledElsewhere { get; init; }

    /// <summary>How many recipients did not get what the client was told they would.</summary>
    public int Lost { get; init; }

    /// <summary>How many were to get it encrypted and got it in clear.</summary>
    public int InClear { get; init; }

    /// <summary>Everything that was not as it should be, in words.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    public bool IsRight => Problems.Count == 0;
}
