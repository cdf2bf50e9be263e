using System.Net;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Splitting;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Engine.Tests.Splitting;

/// <summary>A filter that can split messages, and the listener that it hands them to. Mail is encrypted where there is a key: Bob,
/// Carol and Dave have one, nobody else.</summary>
internal sealed class SplitWorkshop : IAsyncDisposable
{
    public const string Alice = "alice@example.org", Bob = "bob@partner.example", Carol = "carol@partner.example", Dave = "dave@partner.example",
        Erin = "erin@nokey.example", Frank = "frank@nokey.example";

    private static readonly Dictionary<string, SecretCertificate> Keys = new[] { Bob, Carol, Dave }.ToDictionary(
        address => address, address => SecretCertificate.Generate(new KeyGeneration { UserIds = [address] }));

    private readonly Workshop workshop = new();

    public SplitWorkshop(int connections = 20, int bccCopies = 10)
    {
        foreach (var (address, key) in Keys)
            workshop.Know(address, Workshop.Judge(key.Certificate.ToArray()));
        Assert.True(InjectionTarget.TryParse($"smtp://127.0.0.1:{Sink.Port}", out var target, out string? fault), fault);
        var injector = new SmtpInjector(new InjectionOptions(target, connections, "filter.example.org", TimeProvider.System));
        workshop.Split = new SplitMeans(injector, Journal, bccCopies);
    }

    public SmtpSink Sink { get; } = SmtpSink.Start();

    public HandoverJournal Journal { get; } = HandoverJournal.InMemory(new JournalOptions(), TimeProvider.System, RandomNumberGenerator.Create());

    public Workshop Rules => workshop;

    /// <summary>Whether an encrypted body names somebody's key among those that can open it.</summary>
    public static bool Names(byte[] body, string reader)
    {
        string text = Encoding.ASCII.GetString(body);
        string armor = text[(text.IndexOf("-----BEGIN PGP MESSAGE-----", StringComparison.Ordinal) + 27)..];
        string[] lines = armor[..armor.IndexOf("-----END", StringComparison.Ordinal)].Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        byte[] packets = Convert.FromBase64String(string.Concat(lines.Where(line => !line.StartsWith('=') && !line.Contains(':', StringComparison.Ordinal))));
        return packets.AsSpan().IndexOf(KeyIdOf(reader)) >= 0;
    }

    private static byte[] KeyIdOf(string address) => Convert.FromHexString(
        ((KeyAnswer.Usable)Workshop.Judge(Keys[address].Certificate.ToArray())).Recipients[0].Key.KeyId.ToString());

    public static Letter Letter(string to = "bob@partner.example", string extra = "Message-ID: <1@example.org>\n") => Tests.Letter.Read(
        $"From: {Alice}\nTo: {to}\nSubject: plans\n{extra}Content-Type: text/plain; charset=utf-8\n\nthe secret is 42\n.\n..and dots\n");

    /// <summary>What becomes of a letter; whether its client is answered with it.</summary>
    public async Task<MessageOutcome> SendAsync(
        Letter letter, string[] recipients, Envelope? envelope = null, bool answered = true, CancellationToken? cancellationToken = null)
    {
        await using var message = workshop.Begin(envelope ?? new Envelope(Alice, null, canRefuseRecipients: true)
        {
            Trace = new TraceInformation("mail.example.org", IPAddress.Parse("192.0.2.7")) { Helo = "client.example.org", ClientHost = "client.example.org" },
        });
        foreach (string recipient in recipients)
        {
            if (message.AddRecipient(recipient) is RecipientOutcome.Refused refused)
                return new MessageOutcome.Refused(refused.Refusal, refused.Reason);
        }
        switch (message.ReadHeader(letter.Header))
        {
            case HeaderOutcome.Unchanged unchanged:
                return new MessageOutcome.Unchanged(unchanged.Reason);
            case HeaderOutcome.Refused refused:
                return new MessageOutcome.Refused(refused.Refusal, refused.Reason);
        }
        var outcome = await message.ReadBodyAsync(Workshop.Feed(letter.Body, 1000), "4XyZ", cancellationToken ?? TestContext.Current.CancellationToken);
        if (answered)
            await message.AnsweredAsync();
        if (outcome is not MessageOutcome.Rewritten rewritten)
            return outcome;
        // It is to be read while its message lives.
        var body = new MemoryStream();
        await rewritten.Body.CopyToAsync(body, TestContext.Current.CancellationToken);
        body.Position = 0;
        return rewritten with { Body = body };
    }

    /// <summary>How often each recipient got a message.</summary>
    public Dictionary<string, int> Deliveries() =>
        Sink.Messages.SelectMany(message => message.Recipients).GroupBy(address => address).ToDictionary(same => same.Key, same => same.Count());

    /// <summary>The message that somebody got.</summary>
    public SinkMessage For(string recipient) => Assert.Single(Sink.Messages, message => message.Recipients.Contains(recipient));

    public async ValueTask DisposeAsync()
    {
        await Sink.DisposeAsync();
        await Journal.DisposeAsync();
        workshop.Dispose();
    }
}
