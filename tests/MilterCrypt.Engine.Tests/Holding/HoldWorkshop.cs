using System.Net;
using System.Security.Cryptography;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.Engine.Splitting;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Engine.Tests.Holding;

/// <summary>A filter that holds mail for whom there is no key: Bob has one, Erin and Frank have none, the escrow has.</summary>
internal sealed class HoldWorkshop : IAsyncDisposable
{
    public const string Alice = "alice@example.org", Bob = "bob@partner.example", Erin = "erin@nokey.example", Frank = "frank@nokey.example",
        Escrow = "escrow@example.org", Secret = "the secret is 42";

    private static readonly SecretCertificate EscrowKey = SecretCertificate.Generate(new KeyGeneration { UserIds = [Escrow] });

    private readonly Workshop workshop = new();
    private readonly TestDirectory directory = new();
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
    private readonly ClearedBufferPool buffers = new();
    private readonly SmtpInjector injector;

    public HoldWorkshop(bool canInject = true, long room = 64 << 20)
    {
        Know(Bob);
        workshop.Know(Escrow, Workshop.Judge(EscrowKey.Certificate.ToArray()));
        Assert.True(MailAddress.TryParse(Escrow, out var escrow));
        workshop.Rules.Add(new Rule("all", 0, RuleMatch.Everything, new PolicyChoices { Encrypt = EncryptMode.Always, WithoutKey = WithoutKey.Hold, Escrow = [escrow], Bcc = BccMode.WithOthers }));
        Assert.True(InjectionTarget.TryParse($"smtp://127.0.0.1:{Sink.Port}", out var target, out string? fault), fault);
        injector = new SmtpInjector(new InjectionOptions(target, 20, "filter.example.org", TimeProvider.System));
        Folder = new HeldFolder(directory.Root, room, random);
        Journal = HandoverJournal.InMemory(new JournalOptions(), TimeProvider.System, random);
        workshop.Split = new SplitMeans(canInject ? injector : null, Journal, 10) { Held = Folder };
    }

    public SmtpSink Sink { get; } = SmtpSink.Start();

    public Workshop Rules => workshop;

    public SmtpInjector Injector => injector;

    public HeldFolder Folder { get; }

    public HandoverJournal Journal { get; }

    public KeysAtHand Keys { get; } = new(EscrowKey);

    public HeldRelease Release => new(
        Folder, new HeldOpener(Keys, key => key.Equals(EscrowKey.Certificate.Fingerprint) ? EscrowKey.Certificate : null, new SpoolOptions(workshop.SpoolDirectory), workshop.Budget, buffers, TimeProvider.System, random),
        split => workshop.ProcessorWith(split), injector, 10, TimeProvider.System, random);

    public IReadOnlyList<HeldFile> All => [.. Folder.Ids().Select(id => Folder.Find(id)!)];

    public static Letter Letter(string extra = "Message-ID: <1@example.org>\n") => Tests.Letter.Read(
        $"From: {Alice}\nTo: {Erin}\nSubject: plans\n{extra}Content-Type: text/plain; charset=utf-8\n\n{Secret}\n.\n..and dots\n");

    public static Envelope From(string sender = Alice) => new(sender, null, canRefuseRecipients: true)
    {
        SenderArguments = ["BODY=8BITMIME"],
        Client = IPAddress.Parse("192.0.2.7"),
        Tls = true,
        Trace = new TraceInformation("mail.example.org", IPAddress.Parse("192.0.2.7")) { Helo = "client.example.org", ClientHost = "client.example.org", Protection = (true, false) },
    };

    public void Know(string address) =>
        workshop.Know(address, Workshop.Judge(SecretCertificate.Generate(new KeyGeneration { UserIds = [address] }).Certificate.ToArray()));

    public RecipientOutcome Ask(string recipient, Envelope? envelope = null) => workshop.Begin(envelope ?? From()).AddRecipient(recipient);

    public async Task<MessageOutcome> SendAsync(string[] recipients, Letter? letter = null, bool answered = true, Envelope? envelope = null)
    {
        var sent = letter ?? Letter();
        await using var message = workshop.Begin(envelope ?? From());
        foreach (string recipient in recipients)
        {
            if (message.AddRecipient(new EnvelopeRecipient(recipient) { Arguments = ["NOTIFY=FAILURE"] }) is RecipientOutcome.Refused refused)
                return new MessageOutcome.Refused(refused.Refusal, refused.Reason);
        }
        if (message.ReadHeader(sent.Header) is HeaderOutcome.Refused whole)
            return new MessageOutcome.Refused(whole.Refusal, whole.Reason);
        var outcome = await message.ReadBodyAsync(Workshop.Feed(sent.Body, 1000), "4XyZ", TestContext.Current.CancellationToken);
        if (answered)
            await message.AnsweredAsync();
        return outcome;
    }

    public Task<ReleaseResult> ReleaseAsync(HeldFile held) => Release.ReleaseAsync(held, TestContext.Current.CancellationToken);

    public Dictionary<string, int> Deliveries() =>
        Sink.Messages.SelectMany(message => message.Recipients).GroupBy(address => address).ToDictionary(same => same.Key, same => same.Count());

    public async Task<HeldContent> OpenAsync(HeldFile held) => await new HeldOpener(
        Keys, _ => EscrowKey.Certificate, new SpoolOptions(workshop.SpoolDirectory), workshop.Budget, buffers, TimeProvider.System, random)
        .OpenAsync(held, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Sink.DisposeAsync();
        await Journal.DisposeAsync();
        workshop.Dispose();
        directory.Dispose();
        buffers.Dispose();
        random.Dispose();
    }
}
