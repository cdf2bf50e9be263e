using MilterCrypt.Engine.Bodies;

namespace MilterCrypt.Engine;

/// <summary>What became of a held message's release.</summary>
/// <param name="Parts">What was handed over, and to whom.</param>
/// <param name="Staying">Why it stays for each of the others, with the address.</param>
/// <param name="Failure">Why it failed, so that whoever is not in the parts stays; else null. Some may have got it all the same: the
/// file says for whom it is still held.</param>
public sealed record ReleaseResult(IReadOnlyList<HandedPart> Parts, IReadOnlyList<string> Staying, string? Failure);
