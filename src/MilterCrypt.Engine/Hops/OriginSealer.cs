using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Hops;

/// <summary>Makes the field by which the first hop says who handed a message in. Owned by its message; bounded memory.
/// <para>The header and body must be those that the message leaves this hop with, after all other changes, and the sender the one it
/// leaves with: whatever is changed behind it, by another filter or by rewriting in the MTA, makes the field worthless. Fields of
/// that name that came with the message are taken out beforehand (<see cref="OriginField.StripChanges"/>).</para>
/// <code>
/// using var sealer = OriginSealer.Begin(keys, header, "alice@example.org", facts, clock);
/// sealer.Write(piece);                              // for each piece of the body
/// HeaderChange.Prepend field = sealer.Finish();
/// </code>
/// </summary>
public sealed class OriginSealer : IDisposable
{
    private readonly HopKeys keys;
    private readonly OriginFacts facts;
    private readonly DateTimeOffset time;
    private readonly byte[] cover;
    private readonly BodyDigest body = new();

    private OriginSealer(HopKeys keys, byte[] cover, OriginFacts facts, DateTimeOffset time) =>
        (this.keys, this.cover, this.facts, this.time) = (keys, cover, facts, time);

    /// <summary>Begins with a message's header.</summary>
    /// <param name="keys">The hops' keys; the caller's.</param>
    /// <param name="header">Its fields as they leave this hop.</param>
    /// <param name="sender">The envelope's, without angle brackets; empty for the null sender.</param>
    /// <param name="facts">What is said.</param>
    /// <param name="clock">Tells the time.</param>
    public static OriginSealer Begin(HopKeys keys, IReadOnlyList<HeaderField> header, string sender, OriginFacts facts, TimeProvider clock) =>
        new(keys, OriginCover.Digest(header, sender), facts, clock.GetUtcNow());

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> bodyPiece) => body.Write(bodyPiece);

    /// <summary>The body is whole: the field. It goes above all others.</summary>
    public HeaderChange.Prepend Finish() => new(OriginField.Name, new OriginField(time, facts, body.Complete()).Make(keys, cover));

    /// <inheritdoc/>
    public void Dispose() => body.Dispose();
}
