using MilterCrypt.Cases.Daemon;
using MilterCrypt.Cases.Expectations;
using MilterCrypt.Cases.Filter;
using MilterCrypt.Cases.Language;

namespace MilterCrypt.Cases;

/// <summary>What a case file says: what the filter does, what the client does, and what each of the two, and the recipients,
/// must notice.</summary>
public sealed record TextCase
{
    /// <summary>The file, relative to tests/cases.</summary>
    public required string File { get; init; }

    /// <summary>The sentence that the case shows to be true.</summary>
    public required string Title { get; init; }

    /// <summary>The mail servers on which it can't be run, each with the reason.</summary>
    public IReadOnlyList<Exclusion> Exclusions { get; init; } = [];

    /// <summary>What the filter does; empty where it lets everything pass.</summary>
    public IReadOnlyList<FilterRule> Filter { get; init; } = [];

    /// <summary>The configuration of the program that is the filter instead, or null.</summary>
    public DaemonConfiguration? Program { get; init; }

    /// <summary>What happens where that hands parts of a message back, one after the other.</summary>
    public IReadOnlyList<ListenerRule> Listener { get; init; } = [];

    /// <summary>What the client does, in this order.</summary>
    public IReadOnlyList<ClientStep> Client { get; init; } = [];

    /// <summary>What the filter must have been told.</summary>
    public IReadOnlyList<Told> Told { get; init; } = [];

    /// <summary>What must become of the mail.</summary>
    public IReadOnlyList<Outcome> Outcomes { get; init; } = [];

    /// <summary>Why it can't be run on this mail server, or null.</summary>
    public string? ReasonToSkip(MtaUnderTest mta) => Exclusions.FirstOrDefault(exclusion => exclusion.On.Includes(mta))?.Reason;

    /// <summary>The contents that the client sends, in their order: what AS SENT means.</summary>
    public IReadOnlyList<byte[]> Sent => ClientStep.Contents(Client);

    public override string ToString() => File;
}
