using MilterCrypt.Cases.Language;
using MilterCrypt.Milter;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Cases.Mta;

/// <summary>Postfix or Sendmail, with one next hop for all mail. Cases share it, one after another.</summary>
public sealed class RealMta(IMailServer server, SmtpSink sink, MtaKind kind) : ICaseMta
{
    // What was delivered before this case began is another's.
    private int seen = sink.Messages.Count;

    public MtaUnderTest Kind { get; } = new(kind, IsReal: true);

    public async Task<(ICaseConnection Connection, SmtpAnswer Greeting)> ConnectAsync(CancellationToken ct)
    {
        var (conversation, greeting) = await SmtpConversation.ConnectAsync(server.SmtpPort, ct);
        return (new Connection(conversation), greeting);
    }

    // Lines end in LF there.
    public Task SubmitAsync(ClientStep.Submit submission, CancellationToken ct) =>
        server.SubmitAsync(submission.Sender, submission.Recipients, [.. submission.Message.Where(b => b != '\r')], ct);

    public async Task<Aftermath> SettleAsync(CancellationToken ct)
    {
        await QuietAsync();
        var delivered = NewMessages();
        string? reasons = server.ReasonsToHold;
        if (server.HeldMessages > 0)
        {
            await server.ReleaseAsync(ct);
            await Patience.UntilAsync(() => server.QueueIsEmpty, () => "what was on hold does not go on");
        }

        return new Aftermath(delivered, NewMessages(), reasons);
    }

    private Task QuietAsync() =>
        Patience.UntilAsync(() => !server.IsBusy, () => $"{server.Name} still has mail in its queue");

    private List<SinkMessage> NewMessages()
    {
        var all = sink.Messages;
        var added = all.Skip(seen).ToList();
        seen = all.Count;
        return added;
    }

    private sealed class Connection(SmtpConversation conversation) : ICaseConnection
    {
        public Task<SmtpAnswer> CommandAsync(string line) => AskAsync(() => conversation.CommandAsync(line));

        public Task<SmtpAnswer> SendDataAsync(byte[] message) => AskAsync(() => conversation.SendDataAsync(message));

        public Task<SmtpAnswer> SendChunkAsync(ReadOnlyMemory<byte> chunk, bool last) =>
            AskAsync(() => conversation.SendChunkAsync(chunk, last));

        public ValueTask DisposeAsync() => conversation.DisposeAsync();

        // A server that hung up does not read either.
        private static async Task<SmtpAnswer> AskAsync(Func<Task<SmtpAnswer>> question)
        {
            try
            {
                return await question();
            }
            catch (IOException)
            {
                return SmtpAnswer.Gone;
            }
        }
    }
}
