namespace MilterCrypt.Interop.Rigs;

public sealed class PostfixOverUnix() : MailRig(postfix: true, tcp: false);

public sealed class PostfixOverTcp() : MailRig(postfix: true, tcp: true);

public sealed class SendmailOverUnix() : MailRig(postfix: false, tcp: false);

public sealed class SendmailOverTcp() : MailRig(postfix: false, tcp: true);

// One rig per collection: the tests of a collection share it and run one after the other.
[CollectionDefinition]
public sealed class WithPostfixOverUnix : ICollectionFixture<PostfixOverUnix>;

[CollectionDefinition]
public sealed class WithPostfixOverTcp : ICollectionFixture<PostfixOverTcp>;

[CollectionDefinition]
public sealed class WithSendmailOverUnix : ICollectionFixture<SendmailOverUnix>;

[CollectionDefinition]
public sealed class WithSendmailOverTcp : ICollectionFixture<SendmailOverTcp>;
