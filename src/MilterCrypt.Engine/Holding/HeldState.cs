using MilterCrypt.Engine.Journal;

namespace MilterCrypt.Engine.Holding;

/// <summary>How far a held message has come. Recipients are named by their place in its record.</summary>
/// <param name="Left">Those for whom it is still held.</param>
/// <param name="Sending">Those of them to whom a release may have sent it without hearing so (RFC 1047).</param>
/// <param name="Copies">What the journal calls each recipient's copy.</param>
public sealed record HeldState(IReadOnlyList<int> Left, IReadOnlyList<int> Sending, IReadOnlyList<HandoverKey> Copies)
{
    /// <summary>That of a message that was just held.</summary>
    /// <param name="copies">Each recipient's.</param>
    /// <param name="elsewhere">Those of them that are somewhere else already.</param>
    internal static HeldState New(IReadOnlyList<HandoverKey> copies, IReadOnlySet<HandoverKey> elsewhere) =>
        new([.. Enumerable.Range(0, copies.Count).Where(place => !elsewhere.Contains(copies[place]))], [], copies);
}
