using MilterCrypt.Cases.Mock;
using MilterCrypt.Cases.Mta;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Cases;

/// <summary>The milter library's client in a mail server's place, with the program, whose configuration the cases set, and a listener
/// that keeps what is handed back.</summary>
public abstract class DaemonCaseMock(MtaHabits habits) : IDaemonCaseRig, IAsyncLifetime
{
    private MilterCryptDaemon? daemon;
    private People? people;
    private SmtpSink? listener;
    private SmtpTap? tap;

    public MilterCryptDaemon Daemon => daemon ?? throw NotThere();

    public People People => people ?? throw NotThere();

    public SmtpTap HandingBack => tap ?? throw NotThere();

    public void Require() => Assert.SkipWhen(Missing is not null, Missing ?? "");

    public ICaseMta ForOneCase() => new MockMta(new MilterEndpoint.Unix(((MilterSocket.Unix)Daemon.Socket).Path), habits, listener);

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
            return;
        people = await People.GatherAsync();
        listener = SmtpSink.Start();
        tap = SmtpTap.Start(listener.Port);
        daemon = new MilterCryptDaemon(MailRig.Rules, tcp: false);
        await daemon.ImportKeysAsync(people.AllKeys, CancellationToken.None);
        await daemon.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        if (tap is not null)
            await tap.DisposeAsync();
        if (listener is not null)
            await listener.DisposeAsync();
        if (people is not null)
            await people.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static string? Missing => Correspondent.Missing() ?? MilterCryptProgram.Missing();

    private static InvalidOperationException NotThere() => new("the rig was not set up: call Require() first");
}

public sealed class MockOfPostfixForDaemonCases() : DaemonCaseMock(MtaHabits.Postfix);

public sealed class MockOfSendmailForDaemonCases() : DaemonCaseMock(MtaHabits.Sendmail);
