using System.Diagnostics.Metrics;

namespace MilterCrypt.Telemetry;

/// <summary>What is counted about mail, beside what is logged (<see cref="MessageLog"/>) and from the same facts. Labels
/// are words of this program and the names of rules, which the administrator chooses: never an address, nothing that a
/// sender can make up. Owned by the daemon.</summary>
internal sealed class MailMetrics
{
    /// <summary>What can become of a message; of a recipient likewise.</summary>
    private static readonly string[] Outcomes = [Encrypted, Decrypted, Unchanged, Reduced, Split, Held, RefusedTemporarily, RefusedPermanently, Aborted];

    private const string Encrypted = "encrypted", Decrypted = "decrypted", Unchanged = "unchanged", Split = "split", Reduced = "reduced", Held = "held", RefusedTemporarily = "refused_temporarily",
        RefusedPermanently = "refused_permanently", Aborted = "aborted";

    private readonly Counter<long> messages;
    private readonly Counter<long> recipients;
    private readonly Counter<long> foreseen;
    private readonly Counter<long> parts;
    private readonly Counter<long> perhapsTwice;
    private readonly Counter<long> withoutSpool;
    private readonly Counter<long> reloads;

    public MailMetrics(Meter meter)
    {
        messages = meter.CreateCounter<long>(
            "miltercrypt.messages", "{message}", "Messages that have ended, by what became of them and by the form that they were given.");
        recipients = meter.CreateCounter<long>(
            "miltercrypt.recipients", "{recipient}", "Recipients, by the rule that decided and by what became of the message to them.");
        foreseen = meter.CreateCounter<long>(
            "miltercrypt.foreseen", "{recipient}", "Recipients under `mode: report`, by the rule and by what would have become of the message to them.");
        parts = meter.CreateCounter<long>(
            "miltercrypt.parts", "{message}", "Forms of split messages, by the form and by whether this try handed them over or an earlier one had.");
        perhapsTwice = meter.CreateCounter<long>(
            "miltercrypt.perhaps_twice", "{recipient}", "Recipients who may have got a message twice, since the answer to its end was lost at an earlier try.");
        withoutSpool = meter.CreateCounter<long>(
            "miltercrypt.spool.refused_messages", "{message}", "Messages that were refused for now since the spool was spent or failed.");
        reloads = meter.CreateCounter<long>(
            "miltercrypt.reloads", "{reload}", "Configurations that were read again upon SIGHUP, by whether they were put in force.");

        // A series that is there from the start, with 0, shows its first event as an increase.
        foreach (string outcome in Outcomes)
            messages.Add(0, new("outcome", outcome), new("form", outcome switch { Encrypted => "openpgp", Decrypted => "clear", _ => "none" }));
        foreach (string form in (string[])["openpgp", "clear", "headers-only", "held"])
        {
            parts.Add(0, new("form", form), new("result", "handed_over"));
            parts.Add(0, new("form", form), new("result", "handed_over_before"));
        }
        perhapsTwice.Add(0);
        foreseen.Add(0, new("outcome", Encrypted), new("rule", "none"));
        foreach (string cause in (string[])["spent", "failed"])
            withoutSpool.Add(0, new KeyValuePair<string, object?>("cause", cause));
        foreach (string result in (string[])["success", "failure"])
            reloads.Add(0, new KeyValuePair<string, object?>("result", result));
    }

    /// <summary>A message was encrypted.</summary>
    /// <param name="form">The form that it has now.</param>
    /// <param name="rules">Each recipient's rule.</param>
    public void MessageEncrypted(string form, IEnumerable<string> rules) => Ended(Encrypted, form, rules);

    /// <summary>A message was opened.</summary>
    /// <param name="form">The form that it has now.</param>
    /// <param name="rules">Each recipient's rule.</param>
    public void MessageDecrypted(string form, IEnumerable<string> rules) => Ended(Decrypted, form, rules);

    /// <summary>A report went on without its content.</summary>
    public void MessageReduced(IEnumerable<string> rules) => Ended(Reduced, "none", rules);

    /// <summary>A message was split.</summary>
    /// <param name="recipients">Each recipient's form and rule.</param>
    public void MessageSplit(IEnumerable<(string Form, string Rule)> recipients)
    {
        messages.Add(1, new("outcome", Split), new("form", "none"));
        foreach (var (form, rule) in recipients)
            Count(form switch { "clear" => Unchanged, "headers-only" => Reduced, "held" => Held, _ => Encrypted }, rule);
    }

    /// <summary>A message is held for all of its recipients.</summary>
    public void MessageHeld(IEnumerable<string> rules) => Ended(Held, "none", rules);

    /// <summary>Recipients who may have got the message from an earlier try, too.</summary>
    public void PerhapsTwice(int recipients) => perhapsTwice.Add(recipients);

    /// <summary>One form of a message went to the MTA, or had gone there at an earlier try.</summary>
    public void PartHandedOver(string form, bool wasBefore, int recipientsPerhapsTwice)
    {
        parts.Add(1, new("form", form), new("result", wasBefore ? "handed_over_before" : "handed_over"));
        PerhapsTwice(recipientsPerhapsTwice);
    }

    /// <summary>A message went on as it came.</summary>
    public void MessageUnchanged(IEnumerable<string> rules) => Ended(Unchanged, "none", rules);

    /// <summary>A message was refused for all of its recipients.</summary>
    /// <param name="code">With what, such as 451.</param>
    /// <param name="rules">Each recipient's rule.</param>
    public void MessageRefused(int code, IEnumerable<string> rules) => Ended(Refusal(code), "none", rules);

    /// <summary>A message that had recipients got no answer.</summary>
    public void MessageAborted(IEnumerable<string> rules) => Ended(Aborted, "none", rules);

    /// <summary>A recipient was refused alone.</summary>
    public void RecipientRefused(int code, string rule) => Count(Refusal(code), rule);

    /// <summary>What would have become of a message to a recipient whose rule is only being tried.</summary>
    public void Foreseen(string wouldBe, string rule) => foreseen.Add(1, new("outcome", wouldBe), new("rule", rule));

    /// <summary>All that messages may hold together was held.</summary>
    public void SpoolSpent() => withoutSpool.Add(1, new KeyValuePair<string, object?>("cause", "spent"));

    /// <summary>The disk under the spool failed.</summary>
    public void SpoolFailed() => withoutSpool.Add(1, new KeyValuePair<string, object?>("cause", "failed"));

    /// <summary>A configuration was read again.</summary>
    /// <param name="isInForce">Whether it was good.</param>
    public void Reloaded(bool isInForce) =>
        reloads.Add(1, new KeyValuePair<string, object?>("result", isInForce ? "success" : "failure"));

    private static string Refusal(int code) => code < 500 ? RefusedTemporarily : RefusedPermanently;

    private void Ended(string outcome, string form, IEnumerable<string> rules)
    {
        messages.Add(1, new("outcome", outcome), new("form", form));
        foreach (string rule in rules)
            Count(outcome, rule);
    }

    private void Count(string outcome, string rule) => recipients.Add(1, new("outcome", outcome), new("rule", rule));
}
