using System.Buffers;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>A mail server that calls no filter, as the listener is to which a filter brings mail back, and its next hop. Shared by
/// the tests of one class.</summary>
public abstract class InjectionRig(bool postfix) : IAsyncLifetime
{
    private IMailServer? server;
    private SmtpSink? sink;

    public IMailServer Server => server ?? throw new InvalidOperationException("call Require() first");

    public SmtpSink Sink => sink ?? throw new InvalidOperationException("call Require() first");

    public bool IsPostfix => postfix;

    private string? Missing => postfix ? PostfixServer.Missing() : SendmailServer.Missing();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Require() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
            return;
        sink = SmtpSink.Start();
        server = postfix
            ? await PostfixServer.StartAsync(filter: null, sink.Port, "message_size_limit = 5000000")
            : await SendmailServer.StartAsync(filter: null, sink.Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (sink is not null)
            await sink.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A transaction with the server, not begun yet.</summary>
    public async Task<InjectionTransaction> BeginAsync()
    {
        Assert.True(InjectionTarget.TryParse($"smtp://127.0.0.1:{Server.SmtpPort}", out var target, out _));
        var injector = new SmtpInjector(new InjectionOptions(target, 4, "filter.test.example", TimeProvider.System));
        using var lease = await injector.ReserveAsync(1, Cancellation);
        return lease!.Begin();
    }

    /// <summary>Brings a message that came by SMTP, as a filter sees it: its header in fields, then its body.</summary>
    public static ValueTask<InjectionResult?> BringAsync(InjectionTransaction transaction, InjectionEnvelope envelope, byte[] message)
    {
        var rest = new ReadOnlySequence<byte>(message);
        Assert.True(MessageHeader.TryRead(ref rest, isComplete: true, 1 << 20, out var header, out string? fault));
        Assert.True(header is not null, fault);
        return transaction.BringAsync(envelope, header, new MemoryStream(rest.ToArray()), Cancellation);
    }

    /// <summary>One message, brought and ended.</summary>
    public async Task<InjectionResult> InjectAsync(InjectionEnvelope envelope, byte[] message)
    {
        await using var transaction = await BeginAsync();
        return await BringAsync(transaction, envelope, message) ?? await transaction.FinishAsync(Cancellation);
    }
}

public sealed class InjectionRigOfPostfix() : InjectionRig(postfix: true);

public sealed class InjectionRigOfSendmail() : InjectionRig(postfix: false);
