using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;

namespace MilterCrypt.Commands.Explaining;

/// <summary>What came of the steps after the recipients; each is null where it was not come to.</summary>
/// <param name="hasMessage">Whether there is a whole message, or only what is said of it.</param>
internal sealed class ExplainedEnd(bool hasMessage)
{
    /// <summary>Whether there is a whole message.</summary>
    public bool HasMessage => hasMessage;

    /// <summary>What came of the header.</summary>
    public HeaderOutcome? AtHeader { get; set; }

    /// <summary>What came of the body.</summary>
    public MessageOutcome? AtEnd { get; set; }

    /// <summary>Who signs.</summary>
    public SigningChoice? Signing { get; set; }

    /// <summary>Why it could not be found out which secret keys are held; null where it could be, or did not matter.</summary>
    public string? SecretsOutOfReach { get; set; }
}
