using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace MilterCrypt.Milter.Tests.Agreement;

/// <summary>scripted-milter.c's job on this library: the script is described there.</summary>
/// <param name="script">Its lines, taken apart.</param>
/// <param name="passTime">Lets so much time pass that the MTA is told of progress.</param>
internal sealed class LibraryScript(IReadOnlyList<string[]> script, Func<Task> passTime) : IMailFilter
{
    private readonly Func<Task> passTime = passTime;

    private const string Line = "A line of the new body, which is sixty-four bytes long in all.\r\n";

    // Here a filter always uses its own words; these are the MTAs'.
    private static readonly SmtpReply Rejected = new(550, "5.7.1", "Command rejected");
    private static readonly SmtpReply Deferred = new(451, "4.7.1", "Service unavailable - try again later");

    public FilterSteps Steps => FilterSteps.Connect | FilterSteps.Helo | FilterSteps.Data;

    public IMessageHandler Begin(MailTransaction mail) => new Handler(this, mail);

    public ValueTask<StepReply> ConnectAsync(SmtpSession session, CancellationToken cancellationToken) => Step(Label(session.ClientHost), "connect");

    public ValueTask<StepReply> HeloAsync(SmtpSession session, CancellationToken cancellationToken) => Step(Label(session.Helo), "helo");

    private static string Label(string text) => text.Split('@', '.')[0];

    /// <summary>Actions of some steps, each with its arguments.</summary>
    private IEnumerable<(string Action, string[] Arguments)> Of(string scenario, params string[] steps) =>
        script.Where(line => line[0] == scenario && steps.Contains(line[1])).Select(line => (line[2], line[3..]));

    private ValueTask<StepReply> Step(string scenario, string step) => ValueTask.FromResult(
        Of(scenario, step).FirstOrDefault() switch
        {
            ("accept", _) => StepReply.Accept,
            ("discard", _) => StepReply.Discard,
            (null, _) => StepReply.Continue,
            var (action, arguments) => new StepReply.Refused(Refusal(action, arguments)!),
        });

    private static SmtpReply? Refusal(string action, string[] arguments) => action switch
    {
        "reject" => Rejected,
        "tempfail" => Deferred,
        "reply" or "rawreply" => new SmtpReply(int.Parse(arguments[0], CultureInfo.InvariantCulture), arguments[1], arguments.AsSpan(2)),
        _ => null,
    };

    private sealed class Handler(LibraryScript filter, MailTransaction mail) : IMessageHandler
    {
        private readonly string scenario = Label(mail.Sender);
        private readonly List<HeaderEdit> header = [];

        public ValueTask<StepReply> SenderAsync(CancellationToken cancellationToken) => filter.Step(scenario, "mail");

        public ValueTask<StepReply> DataAsync(CancellationToken cancellationToken) => filter.Step(scenario, "data");

        public ValueTask<RecipientReply> RecipientAsync(Recipient recipient, CancellationToken cancellationToken)
        {
            var (action, arguments) = filter.Of(scenario, "rcpt", $"rcpt:{Label(recipient.Address)}").FirstOrDefault();
            return ValueTask.FromResult(action is null ? RecipientReply.Accept : new RecipientReply.Refused(Refusal(action, arguments)!));
        }

        public ValueTask<HeaderDecision> HeaderAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
            filter.Of(scenario, "header", "eoh").FirstOrDefault() switch
            {
                ("accept", _) => HeaderDecision.Unchanged,
                (null, _) => HeaderDecision.ReadBody,
                var (action, arguments) => new HeaderDecision.Refused(Refusal(action, arguments)!),
            });

        public async ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken)
        {
            await body.CopyToAsync(Stream.Null, cancellationToken);
            var changes = new MessageChanges();
            foreach (var (action, arguments) in filter.Of(scenario, "body", "eom"))
            {
                if (Refusal(action, arguments) is { } refusal)
                    return new MailVerdict.Refused(refusal);
                if (action == "discard")
                    return new MailVerdict.Discarded();
                if (action == "progress")
                    await filter.passTime();
                changes = Change(changes, action, arguments);
            }

            return new MailVerdict.Changed(changes with { Header = header });
        }

        public void Answered(MailVerdict verdict)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private MessageChanges Change(MessageChanges changes, string action, string[] arguments)
        {
            switch (action)
            {
                case "addheader":
                    header.Add(new HeaderEdit.Add(arguments[0], Value(arguments[1])));
                    break;
                case "insheader":
                    // Each goes above the one before; here they keep their order.
                    header.Insert(0, new HeaderEdit.Prepend(arguments[1], Value(arguments[2])));
                    break;
                case "chgheader":
                    header.Add(ChangeHeader(int.Parse(arguments[0], CultureInfo.InvariantCulture), arguments[1], arguments[2]));
                    break;
            }

            return action switch
            {
                "body" => changes with { Body = new MemoryStream(NewBody(int.Parse(arguments[0], CultureInfo.InvariantCulture))) },
                "addrcpt" => changes with { AddedRecipients = [.. changes.AddedRecipients, Address(arguments)] },
                "delrcpt" => changes with { RemovedRecipients = [.. changes.RemovedRecipients, .. mail.Recipients.Where(recipient => recipient.Given == arguments[0])] },
                "chgfrom" => changes with { Sender = Address(arguments) },
                "quarantine" => changes with { QuarantineReason = arguments[0] },
                _ => changes,
            };
        }

        private HeaderEdit ChangeHeader(int place, string name, string value)
        {
            int field = Enumerable.Range(0, mail.Header.Count).Where(i => mail.Header[i].Name == name).ElementAtOrDefault(place - 1);
            if (mail.Header[field].Name != name)
                return new HeaderEdit.Add(name, Value(value));
            return value.Length == 0 ? new HeaderEdit.Delete(field) : new HeaderEdit.Change(field, Value(value));
        }

        // Other libraries leave the blank behind the colon to the MTA.
        private static byte[] Value(string text) => Encoding.UTF8.GetBytes(' ' + text);

        private static EnvelopeAddress Address(string[] arguments) =>
            new(arguments[0].Trim('<', '>'), arguments.Length > 1 ? arguments[1].Split(' ') : []);

        private static byte[] NewBody(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)Line[i % Line.Length])];
    }
}
