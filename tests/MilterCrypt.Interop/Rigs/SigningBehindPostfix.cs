using MilterCrypt.Interop.Cases;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Rigs;

/// <summary>postfix-examples/split with OpenDKIM among its other_milters: it is asked behind MilterCrypt, and where that hands mail
/// back.</summary>
public sealed class SigningBehindPostfix() : DaemonCaseServer(postfix: true)
{
    private DkimSigner? signer;

    public DkimSigner Signer => signer ?? throw new InvalidOperationException("the rig was not set up: call Require() first");

    protected override MilterSocket? OtherFilter => signer?.Socket;

    protected override string OwnRules => """
          - match: {domain: clear.example}
            encrypt: never
          - encrypt: always
        """;

    public new void Require()
    {
        base.Require();
        Assert.SkipWhen(DkimSigner.Missing() is not null, DkimSigner.Missing() ?? "");
    }

    protected override async Task<MilterCryptDaemon> NewDaemonAsync(People people, bool overTcp)
    {
        var daemon = new MilterCryptDaemon(OwnRules, overTcp);
        if (DkimSigner.Missing() is null)
            signer = await DkimSigner.StartAsync("sender.example");
        return daemon;
    }

    public override async Task<IMailServer> StartServerAsync(MilterSocket? filter, int nextHop)
    {
        var server = await base.StartServerAsync(filter, nextHop);
        Daemon.ConfigureWhole($"reinject: smtp://127.0.0.1:{HandingBack.Port}\nrules:\n{OwnRules}");
        await Daemon.ReloadAsync();
        return server;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (signer is not null)
            await signer.DisposeAsync();
    }
}
