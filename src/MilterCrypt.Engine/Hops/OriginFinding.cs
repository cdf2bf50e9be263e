namespace MilterCrypt.Engine.Hops;

/// <summary>What became of the first hop's word about a message.</summary>
public abstract record OriginFinding
{
    private OriginFinding() { }

    /// <summary>The first hop has said nothing: mail that never passed it.</summary>
    public sealed record None : OriginFinding;

    /// <summary>There is a field that does not hold for this message: forged, taken from another one, too old, or true once, of a
    /// message that was changed since. Nothing of it counts.</summary>
    /// <param name="Reason">Why, in a few words for an administrator; nothing of the field or the message is in it.</param>
    public sealed record Forged(string Reason) : OriginFinding;

    /// <summary>The first hop said this of a message with this sender, header and body.</summary>
    public sealed record Proven(OriginFacts Facts) : OriginFinding;
}
