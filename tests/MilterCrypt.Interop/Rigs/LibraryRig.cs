using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A mail server that asks a filter made of the milter library, and a next hop that keeps what it gets.</summary>
public abstract class LibraryRig(bool postfix) : IAsyncLifetime
{
    private IMailServer? _server;
    private SmtpSink? _sink;

    public LibraryFilter Filter { get; } = new();

    public bool IsPostfix => postfix;

    public SmtpSink Sink => _sink ?? throw NotThere();

    private IMailServer Server => _server ?? throw NotThere();

    /// <summary>Skips the test, with the reason, where this machine has no such server; else the filter lets everything
    /// pass.</summary>
    public void Require()
    {
        Assert.SkipWhen(Missing() is not null, Missing() ?? "");
        Filter.Reset();
    }

    public Task<SmtpConversation> BeginAsync() => SmtpConversation.BeginAsync(Server.SmtpPort, TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync()
    {
        if (Missing() is not null)
            return;
        _sink = SmtpSink.Start();
        await Filter.StartAsync();
        _server = postfix
            ? await PostfixServer.StartAsync(Filter.Socket, _sink.Port)
            : await SendmailServer.StartAsync(Filter.Socket, _sink.Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await Filter.DisposeAsync();
        if (_sink is not null)
            await _sink.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private string? Missing() => postfix ? PostfixServer.Missing() : SendmailServer.Missing();

    private static InvalidOperationException NotThere() => new("the rig was not set up: call Require() first");
}

public sealed class LibraryWithPostfix() : LibraryRig(postfix: true);

public sealed class LibraryWithSendmail() : LibraryRig(postfix: false);
