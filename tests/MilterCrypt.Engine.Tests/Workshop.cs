using System.IO.Pipelines;
using System.Security.Cryptography;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Engine.Splitting;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests;

/// <summary>A message processor with rules and keys of a test's choice.</summary>
internal sealed class Workshop : IDisposable
{
    private readonly Dictionary<string, KeyAnswer> keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly TestDirectory directory = new();

    public List<Rule> Rules { get; } = [];

    public SpoolBudget Budget { get; set; } = new(memory: 4 << 20, disk: 256 << 20);

    /// <summary>Whose secret keys are held.</summary>
    public OwnKeys? Own { get; set; }

    /// <summary>Addresses whose mail others read.</summary>
    public IReadOnlyList<AddressAlias> Aliases { get; set; } = [];

    /// <summary>Whose recipients are here.</summary>
    public IReadOnlyList<DomainPattern>? LocalDomains { get; set; }

    /// <summary>A time in which nothing is done.</summary>
    public EmergencyBypass? Bypass { get; set; }

    /// <summary>What two hops know each other by.</summary>
    public HopKeys? Hops { get; set; }

    /// <summary>What messages are split with.</summary>
    public SplitMeans? Split { get; set; }

    /// <summary>Whether it is only asked what would become of messages.</summary>
    public bool Rehearses { get; set; }

    public string SpoolDirectory => directory.Root;

    public static KeyAnswer Judge(byte[] publicKey)
    {
        var reading = Assert.Single(Certificate.ReadAll(publicKey, CertificateLimits.Default));
        var certificate = Assert.IsType<CertificateReading.Readable>(reading).Certificate;
        return certificate.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ForEncryption() switch
        {
            EncryptionVerdict.Usable usable => new KeyAnswer.Usable(certificate.Fingerprint, usable.Recipients),
            EncryptionVerdict.Unusable unusable => new KeyAnswer.Unusable(unusable.Reason),
            _ => KeyAnswer.Unknown,
        };
    }

    public Workshop Know(string address, KeyAnswer answer)
    {
        keys[address] = answer;
        return this;
    }

    public Workshop Know(Correspondent somebody) => Know(somebody.Address, Judge(somebody.PublicKey));

    public Workshop Rule(
        EncryptMode encrypt, WithoutKey withoutKey = WithoutKey.Reject, string recipients = "*", SignMode sign = SignMode.Never) =>
        Rule(new RuleMatch { Recipients = [Pattern(recipients)] }, encrypt, withoutKey, sign);

    /// <summary>Incoming mail is opened for them.</summary>
    public Workshop OpeningRule(string recipients)
    {
        Rules.Add(new Rule($"rule {Rules.Count + 1}", 0, new RuleMatch { Recipients = [Pattern(recipients)] }, new PolicyChoices { Decrypt = DecryptMode.WhenPossible }));
        return this;
    }

    public Workshop SenderRule(EncryptMode encrypt, string senders) =>
        Rule(new RuleMatch { Senders = [Pattern(senders)] }, encrypt, WithoutKey.Reject);

    public FilteredMessage Begin(string sender = "alice@example.org", bool canRefuseRecipients = true) =>
        Begin(new Envelope(sender, null, canRefuseRecipients));

    public FilteredMessage Begin(Envelope envelope) => ProcessorWith(Split).Begin(envelope);

    /// <summary>A processor that splits messages with something else.</summary>
    public MessageProcessor ProcessorWith(SplitMeans? split) =>
        new(Table(), Find, new SpoolOptions(SpoolDirectory), Budget, TimeProvider.System, RandomNumberGenerator.Create())
        {
            OwnKeys = Own,
            Split = split,
            Aliases = Aliases,
            Hops = Hops,
            Rehearses = Rehearses,
        };

    /// <summary>Runs a letter to one recipient who gets it encrypted, body in pieces of a given size.</summary>
    public async Task<Processed> EncryptAsync(Letter letter, string recipient, int piece = 65_535)
    {
        await using var message = Begin();
        Assert.IsType<RecipientOutcome.Accepted>(message.AddRecipient(recipient));
        Assert.IsType<HeaderOutcome.BodyWanted>(message.ReadHeader(letter.Header));
        var outcome = await message.ReadBodyAsync(Feed(letter.Body, piece), "test", TestContext.Current.CancellationToken);
        return await Processed.FromAsync(letter, outcome);
    }

    public static PipeReader Feed(byte[] body, int piece)
    {
        var pipe = new Pipe();
        _ = FeedAsync(pipe.Writer, body, piece);
        return pipe.Reader;
    }

    public void Dispose() => directory.Dispose();

    private Workshop Rule(RuleMatch match, EncryptMode encrypt, WithoutKey withoutKey, SignMode sign = SignMode.Never)
    {
        Rules.Add(new Rule($"rule {Rules.Count + 1}", 0, match, new PolicyChoices { Encrypt = encrypt, WithoutKey = withoutKey, Sign = sign }));
        return this;
    }

    private static AddressPattern Pattern(string text)
    {
        Assert.True(AddressPattern.TryParse(text, out var pattern, out string? reason), reason);
        return pattern;
    }

    private PolicyTable Table() =>
        new(Rules, directions: new DirectionDecider(LocalDomains, NetworkPattern.Loopback)) { Bypass = Bypass };

    private KeyAnswer Find(MailAddress address, DateTimeOffset at) => keys.GetValueOrDefault(address.ToString(), KeyAnswer.Unknown);

    private static async Task FeedAsync(PipeWriter writer, byte[] body, int piece)
    {
        for (int start = 0; start < body.Length; start += piece)
            await writer.WriteAsync(body.AsMemory(start, Math.Min(piece, body.Length - start)));
        await writer.CompleteAsync();
    }
}
