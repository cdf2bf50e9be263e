using System.Diagnostics.Metrics;

namespace MilterCrypt.Milter;

/// <summary>All that this library counts, next to what it logs (<see cref="MilterLog"/>). Labels are few and none is the
/// sender's to choose: listeners as the configuration names them, and words of this file. Owned by the
/// <see cref="MilterConnectionHandler"/>; the meter is its caller's.</summary>
internal sealed class MilterMetrics
{
    private const string Outcome = "outcome", Answer = "answer";

    private readonly UpDownCounter<long> idle;
    private readonly Counter<long> messages;
    private readonly Counter<long> recipients;
    private readonly Counter<long> received;
    private readonly Counter<long> sent;
    private readonly Counter<long> progress;
    private readonly Histogram<double> verdictDuration;
    private readonly Histogram<double> messageDuration;

    public MilterMetrics(Meter meter)
    {
        Open = meter.CreateUpDownCounter<long>("milter.connections", "{connection}", "Connections of MTAs that are open.");
        Accepted = meter.CreateCounter<long>("milter.connections.accepted", "{connection}", "Connections of MTAs that were accepted.");
        Waited = meter.CreateCounter<long>(
            "milter.connections.waited", "{connection}", "Accepted connections that found all places taken: mail is deferred there until one is free.");
        Refused = meter.CreateCounter<long>(
            "milter.connections.refused", "{connection}", "Connections that were closed at once, as many as may wait were waiting already.");
        Closed = meter.CreateCounter<long>(
            "milter.connections.closed", "{connection}", "Connections that have ended, by the way in which they did.");
        idle = meter.CreateUpDownCounter<long>("milter.connections.idle", "{connection}", "Open connections without a message under way.");
        messages = meter.CreateCounter<long>("milter.messages", "{message}", "Messages that have ended, by what became of them.");
        recipients = meter.CreateCounter<long>("milter.recipients", "{recipient}", "RCPT commands, by the answer to each.");
        received = meter.CreateCounter<long>("milter.body.received", "By", "Bytes of message bodies that came from MTAs.");
        sent = meter.CreateCounter<long>("milter.body.sent", "By", "Bytes of new message bodies that were sent to MTAs.");
        progress = meter.CreateCounter<long>("milter.progress", "{reply}", "Replies that only say that a verdict is still being worked on.");
        verdictDuration = Duration(meter, "milter.verdict.duration", "From a message's end to the last byte of our answer.",
            [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240]);
        messageDuration = Duration(meter, "milter.message.duration", "From MAIL FROM to the end of the message's handler.",
            [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900]);

        // A series that is there from the start, with 0, shows its first event as an increase.
        idle.Add(0);
        foreach (var plain in (Counter<long>[])[received, sent, progress])
            plain.Add(0);
        foreach (string outcome in MessageTally.Outcomes)
            messages.Add(0, Tag(Outcome, outcome));
        foreach (string answer in (string[])["accepted", "refused_temporarily", "refused_permanently"])
            recipients.Add(0, Tag(Answer, answer));
    }

    internal UpDownCounter<long> Open { get; }

    internal Counter<long> Accepted { get; }

    internal Counter<long> Waited { get; }

    internal Counter<long> Refused { get; }

    internal Counter<long> Closed { get; }

    /// <summary>Counts the connections of one listener.</summary>
    public ListenerTally ForListener(string name) => new(this, name);

    /// <summary>A message begins on a connection that was idle.</summary>
    public MessageTally MessageBegun(TimeProvider time)
    {
        idle.Add(-1);
        return new MessageTally(this, time);
    }

    /// <summary>A message was answered at MAIL without a handler of its own: what was answered to its client stands, there
    /// is no place for it, or the server stops.</summary>
    public void MessageTurnedAway() => messages.Add(1, Tag(Outcome, MessageTally.TurnedAway));

    /// <summary>A recipient was answered.</summary>
    /// <param name="refusal">With what, or null where it was accepted.</param>
    public void RecipientAnswered(SmtpReply? refusal) => recipients.Add(1, Tag(Answer, refusal is null ? "accepted" : Refusal(refusal)));

    public void BodyReceived(long bytes) => received.Add(bytes);

    public void BodySent(long bytes) => sent.Add(bytes);

    public void ProgressSent() => progress.Add(1);

    internal static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    internal static string Refusal(SmtpReply reply) => reply.Code < 500 ? "refused_temporarily" : "refused_permanently";

    internal void IdleChanged(int by) => idle.Add(by);

    internal void VerdictSent(TimeSpan taken) => verdictDuration.Record(taken.TotalSeconds);

    internal void MessageEnded(string outcome, TimeSpan taken)
    {
        messages.Add(1, Tag(Outcome, outcome));
        messageDuration.Record(taken.TotalSeconds);
        idle.Add(1);
    }

    private static Histogram<double> Duration(Meter meter, string name, string description, double[] bounds) => meter.CreateHistogram(
        name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
