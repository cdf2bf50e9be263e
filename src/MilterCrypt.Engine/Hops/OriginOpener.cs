using System.Security.Cryptography;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Hops;

/// <summary>Finds out at the second hop who handed a message in at the first. Owned by its message; bounded memory.
/// <para>The header tells whether the first hop made the field for this sender and header, and for what body. Whether that is this
/// message's body is known at its end: until then <see cref="Provisional"/> is what a forger may have, too, who put another body
/// under somebody's header. So the joining code may prepare by it what can be dropped again (look keys up, encrypt into the spool,
/// ask which signer would be right), but must write the body here, too, and do nothing by it that can't be dropped before
/// <see cref="Finish"/> says Proven: no signature asked for, no answer to the MTA. Where it is null there is nothing to wait for,
/// and the message is treated as one of which nothing is known.</para>
/// <para>What is proven is who handed this content in, not to whom it was to go, nor how often: whoever receives it within the hops
/// can hand it in again, unchanged, for others. The facts give no right over recipients, such as having mail opened.</para>
/// <para><see cref="OriginField.StripChanges"/> is for all mail, whatever is found.</para>
/// <code>
/// using var opener = OriginOpener.Begin(keys, header, "alice@example.org", clock);
/// opener.Write(piece);                              // for each piece of the body
/// OriginFinding origin = opener.Finish();
/// </code>
/// </summary>
public sealed class OriginOpener : IDisposable
{
    /// <summary>How long a field counts: Postfix and Sendmail keep mail for five days, and it may be held for a while.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(7);

    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    private readonly OriginField? origin;
    private readonly OriginFinding finding;
    private readonly BodyDigest? body;

    private OriginOpener(OriginField? origin, OriginFinding finding)
    {
        (this.origin, this.finding) = (origin, finding);
        body = origin is null ? null : new BodyDigest();
    }

    /// <summary>What the field says, if the body is the one that it was made for; null where it counts for nothing.</summary>
    public OriginFacts? Provisional => origin?.Facts;

    /// <summary>Begins with a message's header.</summary>
    /// <param name="keys">The hops' keys; the caller's.</param>
    /// <param name="header">Its fields as they came.</param>
    /// <param name="sender">The envelope's, without angle brackets; empty for the null sender.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="lifetime">How long a field counts; null for the usual.</param>
    public static OriginOpener Begin(
        HopKeys keys, IReadOnlyList<HeaderField> header, string sender, TimeProvider clock, TimeSpan? lifetime = null)
    {
        var fields = header.Where(OriginField.IsNamed).Take(2).ToList();
        if (fields.Count == 0)
            return new OriginOpener(null, new OriginFinding.None());
        if (fields.Count > 1)
            return Refused("there are several fields");
        if (OriginField.Read(fields[0].Value.Span, keys, OriginCover.Digest(header, sender)) is not { } origin)
            return Refused("its code is not for this sender and header, or of another key");
        var age = clock.GetUtcNow() - origin.Time;
        if (age < -MaxSkew)
            return Refused("it was made in the future: the clocks of the hops differ");
        return age > (lifetime ?? DefaultLifetime) ? Refused("it is too old") : new OriginOpener(origin, new OriginFinding.Proven(origin.Facts));
    }

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    public void Write(ReadOnlySpan<byte> bodyPiece) => body?.Write(bodyPiece);

    /// <summary>The body is whole: what is known. Half a message must not be finished.</summary>
    public OriginFinding Finish()
    {
        if (origin is null || body is null)
            return finding;
        return CryptographicOperations.FixedTimeEquals(body.Complete(), origin.BodyHash.Span)
            ? finding
            : new OriginFinding.Forged("it is of another body");
    }

    /// <inheritdoc/>
    public void Dispose() => body?.Dispose();

    private static OriginOpener Refused(string reason) => new(null, new OriginFinding.Forged(reason));
}
