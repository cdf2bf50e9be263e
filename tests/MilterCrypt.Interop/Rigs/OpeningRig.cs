using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A mail server that asks MilterCrypt about mail to people whose secret keys it holds: Bob's and Carol's.</summary>
public abstract class OpeningRig(bool postfix, bool tcp) : MailRig(postfix, tcp)
{
    // Postfix asks as its own user, the Sendmail daemon as root; whoever connects over TCP can't be told from others.
    private readonly string? trusted = tcp ? null : postfix ? "postfix" : "root";

    protected override string OwnRules => """
          - match: {recipient: '*@partner.example'}
            encrypt: never
            decrypt: when-possible
          - encrypt: never
        """;

    protected override async Task<MilterCryptDaemon> NewDaemonAsync(People people, bool overTcp) => new(
        OwnRules, overTcp, secretKeys: [.. await people.Bob.ExportSecretKeyAsync(), .. await people.Carol.ExportSecretKeyAsync()], trustedPeers: trusted);
}

public sealed class OpeningPostfix() : OpeningRig(postfix: true, tcp: false);

public sealed class OpeningSendmail() : OpeningRig(postfix: false, tcp: false);

public sealed class OpeningPostfixOverTcp() : OpeningRig(postfix: true, tcp: true);

public sealed class OpeningSendmailOverTcp() : OpeningRig(postfix: false, tcp: true);
