using System.Net;
using System.Text;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Tests.Journal;

/// <summary>A message to Ann, who gets it encrypted, and to Bob and Carl, who get it in clear.</summary>
internal sealed class SomeMail
{
    private static readonly HandoverClient Client = new(IPAddress.Parse("192.0.2.1"), null);

    public SomeMail(HandoverJournal journal, bool isNamed = true, string text = "Hello\r\n", string queueId = "4ABC")
    {
        HeaderField[] fields = isNamed ? [Field("Message-ID", " <1@client.example>"), Field("Subject", " Hi")] : [Field("Subject", " Hi")];
        using var fingerprint = ContentFingerprint.Begin(fields, queueId, ContentFingerprint.FieldsOfOtherFilters);
        fingerprint.Write(Encoding.ASCII.GetBytes(text));
        var content = fingerprint.Finish();
        Ann = journal.Keys.KeyOf(Client, Sender, "ann@example.org", content);
        Bob = journal.Keys.KeyOf(Client, Sender, "bob@example.org", content);
        Carl = journal.Keys.KeyOf(Client, Sender, "carl@example.org", content);
        Message = new HandedMessage(journal.Keys.HintOf(Client, Sender), content.IsNamed, queueId, [Ann, Bob, Carl]);
        Encrypted = new HandoverGroup("openpgp", [Ann]);
        Clear = new HandoverGroup("clear", [Bob, Carl]);
    }

    public static string Sender => "sender@client.example";

    public HandoverKey Ann { get; }

    public HandoverKey Bob { get; }

    public HandoverKey Carl { get; }

    public HandedMessage Message { get; }

    public HandoverGroup Encrypted { get; }

    public HandoverGroup Clear { get; }

    public static HeaderField Field(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    /// <summary>Has both copies taken, and the client told.</summary>
    public async Task SendAsync(HandoverJournal journal, CancellationToken cancellationToken)
    {
        using var handover = journal.TryClaim(Message)!;
        await handover.BeginAsync([Encrypted, Clear], cancellationToken);
        await handover.HandedOverAsync(Encrypted, "4DEF", cancellationToken);
        await handover.HandedOverAsync(Clear, "4FED", cancellationToken);
        await handover.SettleAsync(cancellationToken);
    }
}
