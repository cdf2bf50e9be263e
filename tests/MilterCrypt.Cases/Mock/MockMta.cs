using MilterCrypt.Cases.Language;
using MilterCrypt.Cases.Mta;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Mock;

/// <summary>The milter library's client, with as much of an SMTP server around it as a case needs. What it would deliver
/// comes as from a next hop.</summary>
/// <param name="filter">The filter that it asks.</param>
/// <param name="habits">Whose habits it has.</param>
/// <param name="listener">Takes what a filter hands back; null where none does.</param>
public sealed class MockMta(MilterEndpoint filter, MtaHabits habits, SmtpSink? listener = null) : ICaseMta
{
    // What was handed back before this case began is another's.
    private readonly int seen = listener?.Messages.Count ?? 0;
    private readonly List<SinkMessage> delivered = [];
    private readonly List<SinkMessage> held = [];
    private readonly List<string> reasons = [];

    public MtaUnderTest Kind { get; } = new(habits.Kind, IsReal: false);

    public MilterEndpoint Filter => filter;

    public MtaHabits Habits => habits;

    public async Task<(ICaseConnection Connection, SmtpAnswer Greeting)> ConnectAsync(CancellationToken ct)
    {
        var connection = new MockConnection(this, ct);
        return (connection, await connection.ConnectAsync(new ClientSession()
        {
            // As in the real servers' tests: one of them asks for no names.
            Host = habits.Kind == MtaKind.Postfix ? "[127.0.0.1]" : "localhost",
            Address = System.Net.IPAddress.Loopback,
        }));
    }

    public async Task SubmitAsync(ClientStep.Submit submission, CancellationToken ct)
    {
        ClientMessage message = MockMessage.Read(
            habits.Kind, $"<{submission.Sender}>", [.. submission.Recipients.Select(recipient => $"<{recipient}>")], submission.Message);
        await using MilterClient client = await MilterClient.OpenAsync(filter, habits, ct);
        // Sendmail's submission program is an SMTP client like any other.
        ClientSession session = habits.Kind == MtaKind.Postfix
            ? ClientSession.LocalSubmission(message)
            : new ClientSession(message) { Host = "localhost", Address = System.Net.IPAddress.Loopback, Helo = "mx.test.example" };
        ClientResult result = (await client.RunAsync(session, ct)).Messages.Single();
        if (result.Outcome == ClientOutcome.Refused)
            Bounce(submission.Sender, result.Reply!, submission.Message);
        Take(result, message);
    }

    public Task<Aftermath> SettleAsync(CancellationToken ct) =>
        Task.FromResult(new Aftermath([.. delivered, .. listener?.Messages.Skip(seen) ?? []], [.. held], string.Join('\n', reasons)));

    /// <summary>Does with a message what its end says.</summary>
    internal void Take(ClientResult result, ClientMessage sent)
    {
        if (result.Outcome is not (ClientOutcome.Delivered or ClientOutcome.Held))
            return;
        var message = new SinkMessage(
            "MAIL FROM:" + result.EnvelopeSender, [.. result.EnvelopeRecipients.Select(path => "RCPT TO:" + path)],
            MockMessage.Write(result, sent));
        (result.Outcome == ClientOutcome.Held ? held : delivered).Add(message);
        if (result.QuarantineReason is { } reason)
            reasons.Add(reason);
    }

    // The sender of local submission is told by a report.
    private void Bounce(string sender, string reply, byte[] message)
    {
        if (sender.Length > 0)
            delivered.Add(new SinkMessage("MAIL FROM:<>", [$"RCPT TO:<{sender}>"], [.. System.Text.Encoding.UTF8.GetBytes($"Subject: undelivered\r\n\r\n{reply}\r\n"), .. message]));
    }
}
