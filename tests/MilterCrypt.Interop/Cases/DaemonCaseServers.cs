using MilterCrypt.Cases.Mta;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.Milter;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop.Cases;

/// <summary>A real mail server with the program, whose configuration the cases set, laid out as the project's examples say for mail
/// that is split.</summary>
public abstract class DaemonCaseServer(bool postfix) : MailRig(postfix, tcp: false), IDaemonCaseRig
{
    private readonly MtaKind kind = postfix ? MtaKind.Postfix : MtaKind.Sendmail;
    private SmtpTap? tap;

    public SmtpTap HandingBack => tap ?? throw new InvalidOperationException("the rig was not set up: call Require() first");

    /// <summary>A filter that Postfix asks behind the program, at both listeners; null for none.</summary>
    protected virtual MilterSocket? OtherFilter => null;

    public ICaseMta ForOneCase() => new RealMta(Server, Sink, kind);

    public override async Task<IMailServer> StartServerAsync(MilterSocket? filter, int nextHop)
    {
        int listener = LoopbackPort.Free();
        tap = SmtpTap.Start(listener);
        return kind == MtaKind.Postfix
            ? await PostfixServer.StartAsync((directory, port) =>
            {
                ExampleLayout.Write(directory, "split", nextHop, port, (10026, listener));
                ExampleLayout.SetMain(directory, $"""
                    smtpd_milters = {filter!.ForPostfix}, $other_milters
                    other_milters = {OtherFilter?.ForPostfix}
                    smtpd_authorized_xclient_hosts = 127.0.0.0/8

                    """);
            })
            : await SendmailServer.StartAsync(filter, nextHop, handBackTo: listener);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (tap is not null)
            await tap.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class PostfixForDaemonCases() : DaemonCaseServer(postfix: true);

public sealed class SendmailForDaemonCases() : DaemonCaseServer(postfix: false);
