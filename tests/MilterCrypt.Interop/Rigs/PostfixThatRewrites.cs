namespace MilterCrypt.Interop.Rigs;

/// <summary>A Postfix that sends mail elsewhere than its RCPT commands say: it has a domain of its own to strip, and one to
/// add. Only one domain is to be encrypted to.</summary>
public sealed class PostfixThatRewrites() : MailRig(postfix: true, tcp: false)
{
    public const string OwnName = "mx.test.example";

    protected override string OwnRules => """
          - match: {domain: partner.example}
            encrypt: always
          - encrypt: never
        """;

    protected override IEnumerable<string> PostfixLines =>
    [
        $"mydestination = {OwnName}",
        "allow_percent_hack = yes",
        "myorigin = partner.example",
    ];
}
