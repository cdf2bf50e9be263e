using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Splitting;

/// <summary>Makes whole messages out of one message's forms.</summary>
/// <param name="header">The message's fields.</param>
/// <param name="envelope">Where it came from.</param>
/// <param name="at">When.</param>
/// <param name="queueId">What the MTA calls it.</param>
/// <param name="random">Names it where it has no name.</param>
/// <param name="openOriginal">Its body as it came.</param>
internal sealed class PartAssembly(
    IReadOnlyList<HeaderField> header, Envelope envelope, DateTimeOffset at, string queueId, RandomNumberGenerator random, Func<Stream> openOriginal)
{
    private readonly IReadOnlyList<HeaderChange> missing = Missing(header, envelope.Trace?.Host, at, random);

    /// <summary>Header and body of one form.</summary>
    /// <param name="part">The form.</param>
    /// <param name="outcome">What came of it.</param>
    internal (IReadOnlyList<HeaderField> Header, Func<Stream> OpenBody) Assemble(SplitPart part, MessageOutcome outcome)
    {
        var rewritten = outcome as MessageOutcome.Rewritten;
        IReadOnlyList<HeaderChange> all = [.. rewritten?.Header ?? [], .. part.Changes, .. missing];
        var fields = all.Apply(header);
        return (
            envelope.Trace is { } trace ? [trace.Received(queueId, at), .. fields] : fields,
            rewritten is null ? openOriginal : () => rewritten.Body);
    }

    /// <summary>What the MTA would add to each form anew, and then differently: the forms of a message are one message to whoever
    /// answers to it.</summary>
    private static List<HeaderChange> Missing(IReadOnlyList<HeaderField> header, string? host, DateTimeOffset at, RandomNumberGenerator random)
    {
        var added = new List<HeaderChange>();
        if (!header.Any(static field => field.Is("Date")))
            added.Add(new HeaderChange.Add("Date", Encoding.ASCII.GetBytes(" " + TraceInformation.Date(at))));
        if (!header.Any(static field => field.Is("Message-ID")))
        {
            byte[] name = new byte[16];
            random.GetBytes(name);
            added.Add(new HeaderChange.Add("Message-ID", Encoding.ASCII.GetBytes($" <{Convert.ToHexStringLower(name)}@{host ?? "miltercrypt.invalid"}>")));
        }
        return added;
    }
}
