using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A mail server that asks MilterCrypt about all mail, a next hop behind it that keeps what it gets, and people with
/// keys. It lives as long as the test collection that shares it.</summary>
public abstract class MailRig(bool postfix, bool tcp) : IAsyncLifetime
{
    /// <summary>Domains with rules of their own; for all others mail is encrypted or refused. The senders' own domain is never
    /// encrypted to: reports of Sendmail's submission program come through the filter too, and could reach nobody.</summary>
    public const string Rules = """
          - match: {domain: sender.example}
            encrypt: never
          - match: {domain: clear.example}
            encrypt: never
          - match: {domain: maybe.example}
            encrypt: when-possible
          - match: {domain: later.example}
            encrypt: always
            without-key: defer
          - encrypt: always
            without-key: reject
        """;

    private IMailServer? _server;
    private MilterCryptDaemon? _daemon;
    private SmtpSink? _sink;
    private People? _people;

    public IMailServer Server => _server ?? throw NotThere();

    public MilterCryptDaemon Daemon => _daemon ?? throw NotThere();

    public SmtpSink Sink => _sink ?? throw NotThere();

    public People People => _people ?? throw NotThere();

    /// <summary>Whether the server passes all fields on as they came; Sendmail sorts them, and folds addresses anew.</summary>
    public bool KeepsFieldsAsSent => postfix;

    /// <summary>The rules that the daemon starts with.</summary>
    protected virtual string OwnRules => Rules;

    /// <summary>Further lines of Postfix's main.cf.</summary>
    protected virtual IEnumerable<string> PostfixLines => [];

    /// <summary>A daemon that was not started yet.</summary>
    protected virtual Task<MilterCryptDaemon> NewDaemonAsync(People people, bool overTcp) => Task.FromResult(new MilterCryptDaemon(OwnRules, overTcp));

    /// <summary>Skips the test, with the reason, where this machine lacks something that the rig is made of.</summary>
    public void Require() => Assert.SkipWhen(Missing() is not null, Missing() ?? "");

    public Task<SmtpConversation> BeginAsync() => SmtpConversation.BeginAsync(Server.SmtpPort, TestContext.Current.CancellationToken);

    /// <summary>One message over a connection of its own.</summary>
    public async Task<SmtpOutcome> SendAsync(string[] recipients, byte[] message, string arguments = "")
    {
        await using var conversation = await BeginAsync();
        return await conversation.SendAsync(Letter.Sender, recipients, message, arguments);
    }

    /// <summary>Waits until the server holds nothing more: whatever was to be delivered has been.</summary>
    public Task SettleAsync() => Patience.UntilAsync(() => Server.QueueIsEmpty, () => "the queue does not empty");

    public async ValueTask InitializeAsync()
    {
        if (Missing() is not null)
            return;
        _people = await People.GatherAsync();
        _sink = SmtpSink.Start();
        _daemon = await NewDaemonAsync(_people, tcp);
        await _daemon.ImportKeysAsync(_people.AllKeys, CancellationToken.None);
        await _daemon.StartAsync();
        _server = await StartServerAsync(_daemon.Socket, _sink.Port);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        if (_sink is not null)
            await _sink.DisposeAsync();
        if (_people is not null)
            await _people.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A server of this rig's kind.</summary>
    public virtual async Task<IMailServer> StartServerAsync(MilterSocket? filter, int nextHop) =>
        postfix ? await PostfixServer.StartAsync(filter, nextHop, PostfixLines) : await SendmailServer.StartAsync(filter, nextHop);

    private string? Missing() =>
        (postfix ? PostfixServer.Missing() : SendmailServer.Missing()) ?? Correspondent.Missing() ?? MilterCryptProgram.Missing();

    private static InvalidOperationException NotThere() => new("the rig was not set up: call Require() first");
}
