using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A mail server that reaches MilterCrypt through a tap, so that a test can choose the packet at which the daemon
/// dies.</summary>
public abstract class TappedRig(bool postfix, bool tcp) : IAsyncLifetime
{
    private IMailServer? _server;
    private MilterCryptDaemon? _daemon;
    private MilterTap? _tap;
    private SmtpSink? _sink;
    private Correspondent? _bob, _carol;

    public IMailServer Server => _server ?? throw NotThere();

    public MilterCryptDaemon Daemon => _daemon ?? throw NotThere();

    public MilterTap Tap => _tap ?? throw NotThere();

    public SmtpSink Sink => _sink ?? throw NotThere();

    public Correspondent Bob => _bob ?? throw NotThere();

    public Correspondent Carol => _carol ?? throw NotThere();

    /// <summary>Further lines of Postfix's main.cf.</summary>
    protected virtual IEnumerable<string> PostfixLines => [];

    public void Require() => Assert.SkipWhen(Missing() is not null, Missing() ?? "");

    public Task<SmtpConversation> BeginAsync() => SmtpConversation.BeginAsync(Server.SmtpPort, TestContext.Current.CancellationToken);

    public Task SettleAsync() => Patience.UntilAsync(() => Server.QueueIsEmpty, () => "the queue does not empty");

    /// <summary>Kills the daemon, if it still runs, and starts it with the usual configuration and further lines.</summary>
    public async Task RestartAsync(string furtherLines = "")
    {
        await Daemon.KillAsync();
        Daemon.Configure(MailRig.Rules + furtherLines);
        await Daemon.StartAsync();
    }

    /// <summary>Waits for a letter to Bob, which only he can read, and which is whole.</summary>
    public async Task AssertDeliveredAsync(Letter letter)
    {
        var delivered = await Sink.WaitForAsync(letter.Mark);
        Assert.False(delivered.Contains(Letter.Secret));
        Assert.Equal(letter.Body, (await OpenedMessage.OpenAsync(delivered, Bob)).Body);
    }

    public async ValueTask InitializeAsync()
    {
        if (Missing() is not null)
            return;
        _bob = await Correspondent.AppearAsync("bob@partner.example", "future-default");
        _carol = await Correspondent.AppearAsync("carol@partner.example", "future-default");
        _sink = SmtpSink.Start();
        _daemon = new MilterCryptDaemon(MailRig.Rules, tcp);
        await _daemon.ImportKeysAsync([.. _bob.PublicKey, .. _carol.PublicKey], CancellationToken.None);
        await _daemon.StartAsync();
        _tap = MilterTap.Start(_daemon.Socket);
        _server = postfix
            ? await PostfixServer.StartAsync(_tap.Socket, _sink.Port, PostfixLines)
            : await SendmailServer.StartAsync(_tap.Socket, _sink.Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_tap is not null)
            await _tap.DisposeAsync();
        if (_daemon is not null)
            await _daemon.DisposeAsync();
        if (_sink is not null)
            await _sink.DisposeAsync();
        if (_bob is not null)
            await _bob.DisposeAsync();
        if (_carol is not null)
            await _carol.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private string? Missing() =>
        (postfix ? PostfixServer.Missing() : SendmailServer.Missing()) ?? Correspondent.Missing() ?? MilterCryptProgram.Missing();

    private static InvalidOperationException NotThere() => new("the rig was not set up: call Require() first");
}

public sealed class TappedPostfix() : TappedRig(postfix: true, tcp: false);

public sealed class TappedPostfixOverTcp() : TappedRig(postfix: true, tcp: true);

public sealed class TappedSendmail() : TappedRig(postfix: false, tcp: false);

/// <summary>A Postfix that lets mail pass where the filter fails: every connection that is closed on it amid a message shows as
/// plaintext at the next hop.</summary>
public sealed class CarelessPostfix() : TappedRig(postfix: true, tcp: false)
{
    protected override IEnumerable<string> PostfixLines => ["milter_default_action = accept"];
}
