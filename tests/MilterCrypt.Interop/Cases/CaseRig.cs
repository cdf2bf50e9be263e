using MilterCrypt.Cases.Filter;
using MilterCrypt.Cases.Mta;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Cases;

/// <summary>A mail server whose filter is served by this process, and a next hop; all cases of a run share it.</summary>
public abstract class CaseRig(MtaKind kind, bool tcp) : IAsyncLifetime
{
    // Sendmail's own; the case with the slow verdict takes longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TestDirectory _directory = new();
    private FilterServer? _filter;
    private IMailServer? _server;
    private SmtpSink? _sink;
    private RealMta? _mta;

    public FilterServer Filter => _filter ?? throw NotThere();

    public RealMta Mta => _mta ?? throw NotThere();

    public IMailServer Server => _server ?? throw NotThere();

    public SmtpSink Sink => _sink ?? throw NotThere();

    /// <summary>Skips the test, with the reason, where this machine lacks the server.</summary>
    public void Require() => Assert.SkipWhen(Missing() is not null, Missing() ?? "");

    public async ValueTask InitializeAsync()
    {
        if (Missing() is not null)
            return;
        MilterEndpoint endpoint = tcp
            ? new MilterEndpoint.Inet("127.0.0.1", LoopbackPort.Free(), false)
            : new MilterEndpoint.Unix(_directory.PathOf("milter.sock"));
        var options = new MilterOptions { ProgressInterval = TimeSpan.FromSeconds(1) };
        _filter = await FilterServer.StartAsync(endpoint, options, CancellationToken.None);
        _sink = SmtpSink.Start();
        MilterSocket socket = endpoint is MilterEndpoint.Inet inet
            ? new MilterSocket.Tcp(inet.Port)
            : new MilterSocket.Unix(((MilterEndpoint.Unix)endpoint).Path);
        _server = await StartServerAsync(socket, _sink.Port);
        _mta = new RealMta(_server, _sink, kind);
    }

    /// <summary>A server of this rig's kind.</summary>
    public async Task<IMailServer> StartServerAsync(MilterSocket? filter, int nextHop) => kind == MtaKind.Postfix
        ? await PostfixServer.StartAsync(
            filter, nextHop, "smtpd_authorized_xclient_hosts = 127.0.0.0/8", $"milter_content_timeout = {Patience.TotalSeconds:0}s")
        : await SendmailServer.StartAsync(filter, nextHop, Patience);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_filter is not null)
            await _filter.DisposeAsync();
        if (_sink is not null)
            await _sink.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private string? Missing() => kind == MtaKind.Postfix ? PostfixServer.Missing() : SendmailServer.Missing();

    private static InvalidOperationException NotThere() => new("the rig was not set up: call Require() first");
}

public sealed class PostfixCaseRig() : CaseRig(MtaKind.Postfix, tcp: false);

public sealed class SendmailCaseRig() : CaseRig(MtaKind.Sendmail, tcp: false);

public sealed class PostfixOverTcpCaseRig() : CaseRig(MtaKind.Postfix, tcp: true);

public sealed class SendmailOverTcpCaseRig() : CaseRig(MtaKind.Sendmail, tcp: true);
