using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A Postfix whose filter holds mail to whom there is no key, for an escrow whose secret key the daemon has; and one that takes
/// back what is released.</summary>
public sealed class HoldingRig() : MailRig(postfix: true, tcp: false)
{
    private readonly TestDirectory held = new();
    private PostfixServer? inner;
    private Correspondent? escrow;

    public string HeldDirectory => held.Root;

    protected override string OwnRules => """
          - match: {domain: sender.example}
            encrypt: never
          - encrypt: always
            without-key: hold
            escrow: escrow@sender.example
        """;

    /// <summary>Runs `miltercrypt held`.</summary>
    public Task<CommandResult> HeldAsync(params string[] arguments) => MilterCryptProgram.RunAsync(
        ["held", .. arguments, "--config", Daemon.ConfigurationFile], default, TestContext.Current.CancellationToken);

    protected override async Task<MilterCryptDaemon> NewDaemonAsync(People people, bool overTcp)
    {
        inner = await PostfixServer.StartAsync(filter: null, Sink.Port);
        escrow = await Correspondent.AppearAsync("escrow@sender.example", "default");
        var daemon = new MilterCryptDaemon(
            OwnRules, overTcp, $"reinject: smtp://127.0.0.1:{inner.SmtpPort}\nheld: {{directory: \"{held.Root}\"}}", await escrow.ExportSecretKeyAsync());
        await daemon.ImportKeysAsync(escrow.PublicKey, CancellationToken.None);
        return daemon;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (inner is not null)
            await inner.DisposeAsync();
        if (escrow is not null)
            await escrow.DisposeAsync();
        held.Dispose();
    }
}
