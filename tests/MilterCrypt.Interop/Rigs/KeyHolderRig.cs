using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A Postfix whose filter has Carol's mail signed, and mail to her opened, by a key holder in a process of its own. Whom a
/// client has logged in as it says with XCLIENT.</summary>
public sealed class KeyHolderRig() : MailRig(postfix: true, tcp: false)
{
    /// <summary>Who writes to Carol what is opened for her.</summary>
    public const string Writer = "writer@sender.example";

    private KeyHolderProcess? holder;

    public KeyHolderProcess Holder => holder ?? throw new InvalidOperationException("the rig was not set up: call Require() first");

    protected override string OwnRules => $$"""
          - match: {sender: {{Writer}}, recipient: carol@partner.example}
            encrypt: never
            decrypt: when-possible
          - match: {domain: sender.example}
            encrypt: never
          - encrypt: always
            sign: always
        """;

    protected override IEnumerable<string> PostfixLines => ["smtpd_authorized_xclient_hosts = 127.0.0.0/8"];

    protected override async Task<MilterCryptDaemon> NewDaemonAsync(People people, bool overTcp)
    {
        holder = new KeyHolderProcess(peers: "0");
        holder.AddKey("carol.asc", await people.Carol.ExportSecretKeyAsync());
        await holder.StartAsync();
        return new MilterCryptDaemon(
            OwnRules, overTcp, $"secret-keys: {{held-by: keyholder, socket: \"{holder.Socket}\"}}", trustedPeers: "postfix");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (holder is not null)
            await holder.DisposeAsync();
    }
}
