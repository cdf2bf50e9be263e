using System.Buffers;
using System.Text;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Interop;

/// <summary>Mail that is brought back to real mail servers arrives as if its sender had given it to them.</summary>
public abstract class InjectionIntoServers(InjectionRig rig)
{
    private const string Recipient = "bob@partner.example";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OddMailArrivesAsItDoesFromItsSender()
    {
        rig.Require();
        await using var conversation = await SmtpConversation.BeginAsync(rig.Server.SmtpPort, Cancellation);
        var differences = new List<string>();
        int delivered = 0;
        foreach (var (name, message) in OddMail.All.Where(mail => IsReadable(mail.Value) && (rig.IsPostfix || !OddMail.IsForPostfixOnly(mail.Key))))
        {
            string direct = NewSender();
            string injected = NewSender();
            var answer = await conversation.SendAsync(direct, [Recipient], message, "BODY=8BITMIME");
            var result = await rig.InjectAsync(Envelope(injected, "BODY=8BITMIME"), message);
            if (answer.IsTaken != result is InjectionResult.Accepted)
                differences.Add($"{name} is answered with {result} instead of {answer.Last}");
            if (!answer.IsTaken || result is not InjectionResult.Accepted)
                continue;

            delivered++;
            string expected = SameAsUnfiltered.Comparable(await rig.Sink.WaitForSenderAsync(direct), message);
            string actual = SameAsUnfiltered.Comparable(await rig.Sink.WaitForSenderAsync(injected), message);
            // A server that writes a From field where there is none takes the sender's address.
            actual = actual.Replace(injected, direct, StringComparison.Ordinal);
            if (expected != actual)
                differences.Add($"{name} is delivered as\n{actual}\ninstead of\n{expected}");
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
        Assert.True(delivered >= 55, $"only {delivered} messages were taken");
    }

    [Fact]
    public async Task ADeliveredMessageHasEachOctetThatWasBrought()
    {
        rig.Require();
        string lines = string.Concat(Enumerable.Range(0, 3000).Select(i => i % 5 == 0 ? $".{i}\r\n" : i % 7 == 0 ? $"gr\u00fc\u00dfe {i}\r\n" : "\r\n..\r\n.\r\n"));
        byte[] body = Encoding.Latin1.GetBytes(lines + new string('y', 990) + "\r\n." + "\r\nno end");
        string sender = NewSender();
        Assert.IsType<InjectionResult.Accepted>(
            await rig.InjectAsync(Envelope(sender, "BODY=8BITMIME"), [.. "From: a@sender.example\r\nSubject: dots\r\n\r\n"u8, .. body]));
        var delivered = await rig.Sink.WaitForSenderAsync(sender);
        Assert.Equal((byte[])[.. body, .. "\r\n"u8], delivered.Body);
    }

    [Fact]
    public async Task WhatTheSenderWantsToBeToldTravelsOn()
    {
        rig.Require();
        string sender = NewSender();
        var envelope = new InjectionEnvelope(
            sender, ["RET=HDRS", "ENVID=QQ314159", "SIZE=5"],
            [new InjectionRecipient(Recipient, ["NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;robert@elsewhere.example"])]);
        var accepted = Assert.IsType<InjectionResult.Accepted>(await rig.InjectAsync(envelope, Letter.Plain().Bytes));
        Assert.NotNull(accepted.QueueId);
        if (rig.Server is PostfixServer postfix)
            await Patience.UntilAsync(() => postfix.Log.Contains($"{accepted.QueueId}: from=<{sender}>", StringComparison.Ordinal), () => postfix.Log);

        var delivered = await rig.Sink.WaitForSenderAsync(sender);
        Assert.Contains("RET=HDRS", delivered.MailCommand, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("ENVID=QQ314159", delivered.MailCommand, StringComparison.Ordinal);
        Assert.Contains("NOTIFY=SUCCESS,DELAY", delivered.RcptCommands[0], StringComparison.Ordinal);
        Assert.Contains("ORCPT=rfc822;robert@elsewhere.example", delivered.RcptCommands[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMessageThatIsTakenBackIsDeliveredToNobody()
    {
        rig.Require();
        string sender = NewSender();
        for (int i = 0; i < 20; i++)
        {
            await using var transaction = await rig.BeginAsync();
            // One that the server has written to its disk in part, one that it still holds, and so on.
            byte[] message = [.. Letter.Plain().Bytes, .. Enumerable.Repeat("\r\n."u8.ToArray(), i * 2000).SelectMany(line => line)];
            Assert.Null(await InjectionRig.BringAsync(transaction, Envelope(sender), message));
        }

        string last = NewSender();
        Assert.IsType<InjectionResult.Accepted>(await rig.InjectAsync(Envelope(last), Letter.Plain().Bytes));
        await rig.Sink.WaitForSenderAsync(last);
        await Patience.UntilAsync(() => rig.Server.QueueIsEmpty, () => "the queue does not empty");
        Assert.DoesNotContain(rig.Sink.Messages, message => message.Sender == sender);
    }

    [Fact]
    public async Task TwoFormsOfAMessageAreBothBroughtBeforeEitherIsEnded()
    {
        rig.Require();
        string sender = NewSender();
        await using var one = await rig.BeginAsync();
        await using var two = await rig.BeginAsync();
        Assert.Null(await InjectionRig.BringAsync(one, Envelope(sender), Letter.Plain().Bytes));
        Assert.Null(await InjectionRig.BringAsync(two, Envelope(sender), Letter.Plain().Bytes));
        Assert.DoesNotContain(rig.Sink.Messages, message => message.Sender == sender);
        var first = Assert.IsType<InjectionResult.Accepted>(await one.FinishAsync(Cancellation));
        var second = Assert.IsType<InjectionResult.Accepted>(await two.FinishAsync(Cancellation));
        Assert.NotEqual(first.QueueId, second.QueueId);
        await Patience.UntilAsync(() => rig.Sink.Messages.Count(message => message.Sender == sender) == 2, () => "not both were delivered");
    }

    internal static InjectionEnvelope Envelope(string sender, params string[] arguments) =>
        new(sender, arguments, [new InjectionRecipient(Recipient, [])]);

    internal static string NewSender() => $"injected-{Guid.NewGuid():N}@sender.example";

    // A line that is no field, as mbox files have at their start, never reaches a filter as one. Nor does a filter learn whether a
    // header that has no body ends in an empty line; what is brought back has one.
    private static bool IsReadable(byte[] message)
    {
        if (message.AsSpan().IndexOf("\r\n\r\n"u8) < 0 && message.AsSpan().IndexOf("\n\n"u8) < 0)
            return false;
        var rest = new ReadOnlySequence<byte>(message);
        return MessageHeader.TryRead(ref rest, isComplete: true, 1 << 20, out var header, out _) && header is not null;
    }
}

public sealed class InjectionIntoSendmail(InjectionRigOfSendmail rig) : InjectionIntoServers(rig), IClassFixture<InjectionRigOfSendmail>;

public sealed class InjectionIntoPostfix(InjectionRigOfPostfix rig) : InjectionIntoServers(rig), IClassFixture<InjectionRigOfPostfix>
{
    [Fact]
    public async Task AddressesAndFieldsBeyondAsciiTravelOn()
    {
        rig.Require();
        string sender = $"k\u00e4the-{Guid.NewGuid():N}@b\u00fccher.example";
        var envelope = new InjectionEnvelope(sender, ["SMTPUTF8", "BODY=8BITMIME"], [new InjectionRecipient("j\u00fcrgen@stra\u00dfe.example", [])]);
        byte[] message = Encoding.UTF8.GetBytes($"From: {sender}\r\nSubject: Gr\u00fc\u00dfe\r\n\r\nhello\r\n");
        Assert.IsType<InjectionResult.Accepted>(await rig.InjectAsync(envelope, message));
        var delivered = await rig.Sink.WaitForSenderAsync(sender);
        Assert.Equal(["j\u00fcrgen@stra\u00dfe.example"], delivered.Recipients);
        Assert.Equal(["Gr\u00fc\u00dfe"], delivered.Field("Subject"));
    }

    [Fact]
    public async Task TlsThatTheSenderRequiresIsNotForgotten()
    {
        rig.Require();
        var refused = Assert.IsType<InjectionResult.Refused>(await rig.InjectAsync(Envelope(NewSender(), "REQUIRETLS"), Letter.Plain().Bytes));
        Assert.Equal("5.7.30", refused.EnhancedStatus);
    }

    [Fact]
    public async Task WhatIsTooLargeIsRefusedBeforeItIsSent()
    {
        rig.Require();
        byte[] message = [.. Letter.Plain().Bytes, .. new byte[6_000_000]];
        var refused = Assert.IsType<InjectionResult.Refused>(await rig.InjectAsync(Envelope(NewSender()), message));
        Assert.Equal((552, "5.3.4"), (refused.Code, refused.EnhancedStatus));
    }

    [Fact]
    public async Task ARecipientThatIsRefusedIsNamedAndNobodyGetsTheMessage()
    {
        rig.Require();
        string sender = NewSender();
        var envelope = new InjectionEnvelope(
            sender, [], [new InjectionRecipient("bob@partner.example", []), new InjectionRecipient("nobody@mx.test.example\u00e4", [])]);
        var refused = Assert.IsType<InjectionResult.Refused>(await rig.InjectAsync(envelope, Letter.Plain().Bytes));
        Assert.Equal("nobody@mx.test.example\u00e4", refused.Recipient);
        await Patience.UntilAsync(() => rig.Server.QueueIsEmpty, () => "the queue does not empty");
        Assert.DoesNotContain(rig.Sink.Messages, message => message.Sender == sender);
    }
}
