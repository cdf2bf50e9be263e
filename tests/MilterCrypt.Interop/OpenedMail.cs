using System.Text;
using System.Text.RegularExpressions;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop;

/// <summary>What people whose keys are held here find in their mailboxes, delivered by a real server.</summary>
public abstract partial class OpenedMail(OpeningRig rig)
{
    [Fact]
    public async Task MailToItsReaderIsDeliveredInClear()
    {
        rig.Require();
        foreach (var letter in new[] { Letter.Plain(), Letter.WithAttachment() })
        {
            var sealedLetter = await EncryptedLetter.SealAsync(letter, rig.People.Carol, rig.People.Bob, rig.People.Carol);
            var delivered = await DeliverAsync(sealedLetter, rig.People.Bob);
            Assert.Equal(letter.Body, delivered.Body);
            Assert.Equal(letter.ContentFields, ContentFields(delivered));
            Assert.Single(delivered.Field("MIME-Version"));
            Assert.Matches("^decrypted; key=[0-9A-F]{16}; signature=good; *signer=[0-9A-F]{40}$", Assert.Single(delivered.Field("MilterCrypt-Result")));
            // Above all fields that came with the message.
            Assert.StartsWith("MilterCrypt-Result:", OwnReceived().Replace(delivered.HeaderText, "", 1), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AMessageOfThirtyMegabytesIsOpenedAndNoFileEverHasItInClear()
    {
        rig.Require();
        var letter = Letter.Large(30_000_000);
        var sealedLetter = await EncryptedLetter.SealAsync(letter, rig.People.Carol, rig.People.Bob);
        await using var files = OpenFiles.Watch(rig.Daemon.ProcessId, Encoding.ASCII.GetBytes(Letter.Secret));
        var delivered = await DeliverAsync(sealedLetter, rig.People.Bob);
        Assert.True(delivered.Body.AsSpan().SequenceEqual(letter.Body), "another text was delivered");
        Assert.Empty(files.Found);
        Assert.Contains(files.Seen, file => file.Key.StartsWith(rig.Daemon.SpoolDirectory, StringComparison.Ordinal) && file.Value > 1_000_000);
        Assert.Empty(Directory.EnumerateFileSystemEntries(rig.Daemon.SpoolDirectory));
    }

    [Fact]
    public async Task MailToTwoReadersIsDeliveredAsItWasSent()
    {
        rig.Require();
        var letter = await EncryptedLetter.SealAsync(Letter.Plain(), rig.People.Carol, rig.People.Bob, rig.People.Carol);
        AssertAsSent(letter, await DeliverAsync(letter, rig.People.Bob, rig.People.Carol));
    }

    [Fact]
    public async Task WhoMailsHerselfAnothersMessageGetsItAsItWasSent()
    {
        rig.Require();
        var letter = await EncryptedLetter.SealAsync(Letter.Plain(), rig.People.Carol, rig.People.Bob);
        AssertAsSent(letter, await DeliverAsync(letter, rig.People.Carol));
    }

    [Fact]
    public async Task ADamagedMessageIsDeliveredAsItWasSent()
    {
        rig.Require();
        var letter = await EncryptedLetter.SealAsync(Letter.WithAttachment(), rig.People.Carol, rig.People.Bob);
        byte[] body = [.. letter.Body];
        int at = body.Length / 2;
        while (!char.IsAsciiLetter((char)body[at]))
            at++;
        body[at] ^= 0x20;
        letter = letter with { Body = body };
        AssertAsSent(letter, await DeliverAsync(letter, rig.People.Bob));
    }

    [Fact]
    public async Task TheReportOfAFailureBringsNothingOfWhatWasOpenedToWhoeverSentIt()
    {
        rig.Require();
        var letter = Letter.Plain();
        var sealedLetter = await EncryptedLetter.SealAsync(letter, rig.People.Carol, rig.People.Bob);
        int asked = 0;
        rig.Sink.Answer = command => ValueTask.FromResult(command == "." && Interlocked.Increment(ref asked) == 1 ? "550 5.2.2 the mailbox is full" : null);
        try
        {
            Assert.True((await rig.SendAsync([rig.People.Bob.Address], sealedLetter.Bytes, "RET=FULL")).IsTaken);
            var report = await rig.Sink.WaitForBounceAsync(letter.Mark);
            Assert.True(report.Contains("5.2.2"), "the report is about something else");
            Assert.False(report.Contains(Letter.Secret));
        }
        finally
        {
            rig.Sink.Answer = null;
        }
    }

    [Fact]
    public Task AFalseResultIsTakenOutOfAnyMail() => AssertNoFalseResultAsync(rig);

    internal static async Task AssertNoFalseResultAsync(OpeningRig rig)
    {
        rig.Require();
        var plain = Letter.WithAttachment();
        var letter = plain with
        {
            OtherFields = "MilterCrypt-Result: decrypted; key=0123456789ABCDEF; signature=good\r\n" + plain.OtherFields + "miltercrypt-RESULT: decrypted;\r\n signature=good\r\n",
        };
        var delivered = await DeliverAsync(rig, letter, rig.People.Bob.Address);
        Assert.DoesNotContain("result", delivered.HeaderText, StringComparison.OrdinalIgnoreCase);
        AssertAsSent(plain, delivered);

        // Only the header changes, and the body need not be read: all of it is delivered nevertheless.
        var large = Letter.Large(3_000_000);
        AssertAsSent(large, await DeliverAsync(rig, large with { OtherFields = "MilterCrypt-Result: decrypted\r\n" + large.OtherFields }, rig.People.Bob.Address));

        // An alias may lead from there to somebody who believes the field.
        var elsewhere = await DeliverAsync(rig, letter with { OtherFields = letter.OtherFields.Replace(letter.Mark, letter.Mark + "x", StringComparison.Ordinal), Mark = letter.Mark + "x" }, "somebody@clear.example");
        Assert.DoesNotContain("result", elsewhere.HeaderText, StringComparison.OrdinalIgnoreCase);
    }

    internal static void AssertAsSent(Letter letter, SinkMessage delivered)
    {
        Assert.Equal(letter.Body, delivered.Body);
        Assert.Equal(letter.ContentFields, ContentFields(delivered));
        Assert.Empty(delivered.Field("MilterCrypt-Result"));
    }

    internal static async Task<SinkMessage> DeliverAsync(OpeningRig rig, Letter letter, params string[] recipients)
    {
        var outcome = await rig.SendAsync(recipients, letter.Bytes, "BODY=8BITMIME");
        Assert.True(outcome.IsTaken, outcome.ToString());
        return await rig.Sink.WaitForAsync(letter.Mark);
    }

    private Task<SinkMessage> DeliverAsync(Letter letter, params Correspondent[] readers) =>
        DeliverAsync(rig, letter, [.. readers.Select(reader => reader.Address)]);

    private static string ContentFields(SinkMessage delivered) => string.Concat(
        FieldEnd().Split(delivered.HeaderText).Where(field => field.StartsWith("Content-", StringComparison.Ordinal)).Select(field => field.TrimEnd() + "\r\n"));

    [GeneratedRegex(@"\r\n(?![ \t])")]
    private static partial Regex FieldEnd();

    [GeneratedRegex(@"\AReceived:[^\r]*\r\n([ \t][^\r]*\r\n)*")]
    private static partial Regex OwnReceived();
}

public sealed class MailOpenedBehindPostfix(OpeningPostfix rig) : OpenedMail(rig), IClassFixture<OpeningPostfix>;

public sealed class MailOpenedBehindSendmail(OpeningSendmail rig) : OpenedMail(rig), IClassFixture<OpeningSendmail>;

/// <summary>Whoever hands mail over without being trusted gets nothing opened, and brings no false result through.</summary>
public abstract class MailOfTheUntrusted(OpeningRig rig)
{
    [Fact]
    public async Task NothingIsOpenedForThem()
    {
        rig.Require();
        var letter = await EncryptedLetter.SealAsync(Letter.Plain(), rig.People.Carol, rig.People.Bob);
        OpenedMail.AssertAsSent(letter, await OpenedMail.DeliverAsync(rig, letter, rig.People.Bob.Address));
        await Patience.UntilAsync(
            () => rig.Daemon.Log.Contains("reason=not opened: the mail server is not trusted with secret keys here", StringComparison.Ordinal),
            () => rig.Daemon.Log);
    }

    [Fact]
    public Task AFalseResultIsTakenOutOfAnyMail() => OpenedMail.AssertNoFalseResultAsync(rig);
}

public sealed class MailOverTcpBehindPostfix(OpeningPostfixOverTcp rig) : MailOfTheUntrusted(rig), IClassFixture<OpeningPostfixOverTcp>;

public sealed class MailOverTcpBehindSendmail(OpeningSendmailOverTcp rig) : MailOfTheUntrusted(rig), IClassFixture<OpeningSendmailOverTcp>;
