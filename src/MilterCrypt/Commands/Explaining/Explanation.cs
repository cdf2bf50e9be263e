using MilterCrypt.Engine.Deciding;

namespace MilterCrypt.Commands.Explaining;

/// <summary>What would become of a message, and why.</summary>
/// <param name="From">The envelope sender.</param>
/// <param name="Recipients">Of each recipient by himself, in their order.</param>
/// <param name="Message">Of the message as a whole.</param>
internal sealed record Explanation(string From, IReadOnlyList<RecipientExplanation> Recipients, MessageExplanation Message);

/// <summary>What would become of a message for one recipient.</summary>
/// <param name="Address">Whom.</param>
/// <param name="Outcome">One word: openpgp, clear, headers-only, held, left-to-next-hop, refused or undecided.</param>
internal sealed record RecipientExplanation(string Address, string Outcome)
{
    /// <summary>Where the hop behind the queue has the last word: what it would be by what is known before it, in one word.</summary>
    public string? SoFar { get; init; }

    /// <summary>Which way the message goes, in one word; null where that is not known.</summary>
    public string? Direction { get; init; }

    /// <summary>What decides; several where it is not known yet which.</summary>
    public IReadOnlyList<RuleNote> Rules { get; init; } = [];

    /// <summary>What is known of his keys, or his readers'.</summary>
    public IReadOnlyList<KeyNote> Keys { get; init; } = [];

    /// <summary>What is known of the keys that it is encrypted to as well.</summary>
    public IReadOnlyList<KeyNote> Escrow { get; init; } = [];

    /// <summary>Why it is so, where rule and keys alone don't say it.</summary>
    public string? Reason { get; init; }

    /// <summary>What the sender is told of him alone.</summary>
    public ReplyNote? Reply { get; init; }

    /// <summary>What would be under `mode: enforce`.</summary>
    public Forecast? WouldBe { get; init; }

    /// <summary>Who gets it in his place.</summary>
    public IReadOnlyList<string> Readdressed { get; init; } = [];
}

/// <summary>What decides, and where each choice comes from.</summary>
/// <param name="Name">The rule's name, or the entry's.</param>
/// <param name="Line">Its line in the configuration; 0 for none.</param>
/// <param name="Choices">All choices.</param>
internal sealed record RuleNote(string Name, int Line, IReadOnlyList<ChoiceNote> Choices);

/// <summary>One choice of policy.</summary>
/// <param name="Key">Its key in the configuration.</param>
/// <param name="Value">What is chosen.</param>
/// <param name="Origin">The entry that it comes from; null for the default.</param>
/// <param name="Line">That entry's line; 0 for none.</param>
internal sealed record ChoiceNote(string Key, string Value, string? Origin, int Line);

/// <summary>What is known of the key of one reader.</summary>
/// <param name="Reader">The reader.</param>
/// <param name="Under">The address under which that was found.</param>
internal sealed record KeyNote(string Reader, string Under)
{
    /// <summary>The certificate; null where none can be used.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>How sure it is that it is the address's owner's, in the word that <c>minimum-trust</c> has.</summary>
    public string? Trust { get; init; }

    /// <summary>Its user ID that names the address.</summary>
    public string? UserId { get; init; }

    /// <summary>The keys of it that are encrypted to.</summary>
    public IReadOnlyList<string> Subkeys { get; init; } = [];

    /// <summary>Why the one that there is can't be used; null where it can be, or there is none.</summary>
    public string? Problem { get; init; }
}

/// <summary>What the sender is told.</summary>
/// <param name="Refusal">The words.</param>
/// <param name="When">When: `RCPT`, `end of header` or `end of message`.</param>
internal sealed record ReplyNote(SmtpRefusal Refusal, string When);

/// <summary>What would become of the message as a whole.</summary>
/// <param name="Outcome">One word: unchanged, rewritten, split, held, opened, left-to-next-hop, refused or undecided.</param>
internal sealed record MessageExplanation(string Outcome)
{
    /// <summary>Why, where it is not plain.</summary>
    public string? Reason { get; init; }

    /// <summary>What the sender is told.</summary>
    public ReplyNote? Reply { get; init; }

    /// <summary>Its forms; none where it is not rewritten.</summary>
    public IReadOnlyList<FormNote> Forms { get; init; } = [];

    /// <summary>Who signs it.</summary>
    public SigningNote? Signing { get; init; }

    /// <summary>What is to be known beside.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>One form of the message.</summary>
/// <param name="Form">One word: openpgp, clear, headers-only or held.</param>
/// <param name="Recipients">Who gets it.</param>
/// <param name="NamelessKeys">How many of its keys are not named in it.</param>
internal sealed record FormNote(string Form, IReadOnlyList<string> Recipients, int NamelessKeys);

/// <summary>Who signs.</summary>
/// <param name="Key">The key that signs; null for none.</param>
/// <param name="UserId">Its user ID.</param>
/// <param name="Reason">Why nobody does, where a rule wishes it; null where somebody does, or none wishes it.</param>
internal sealed record SigningNote(string? Key, string? UserId, string? Reason);
