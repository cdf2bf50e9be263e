using System.Text;
using MilterCrypt.Commands.Held;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Tests.Commands;

/// <summary>What a sender is told whose held message was deleted: no more than is known.</summary>
public sealed class HeldNoticeTests
{
    [Theory]
    [InlineData("", "None of these recipients has got it.")]
    [InlineData("0", "Some of these recipients may have got it, since it was just being sent to them: <erin@nokey.example> The others have not got it.")]
    [InlineData("0 1", "It was just being sent to them; whether they have got it is not known.")]
    public async Task WhoMayHaveGotItIsNotSaidToLackIt(string sending, string said)
    {
        await using var sink = SmtpSink.Start();
        Assert.True(InjectionTarget.TryParse($"smtp://127.0.0.1:{sink.Port}", out var target, out _));
        var record = new HeldRecord(
            "4XyZ", DateTimeOffset.UnixEpoch, new Envelope("alice@example.org", null, canRefuseRecipients: true),
            [.. ((string[])["erin@nokey.example", "frank@nokey.example"]).Select(address => new HeldRecipient(new EnvelopeRecipient(address), "all", "no key"))], []);
        int[] places = [.. sending.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        await HeldNotice.SendAsync(
            new HeldFile("19700101T000000Z-0123456789abcdef", "/x", default, record, new HeldState([0, 1], places, []), 0, 0),
            new SmtpInjector(new InjectionOptions(target, 1, "filter.example.org", TimeProvider.System)), TestContext.Current.CancellationToken);

        var notice = Assert.Single(sink.Messages);
        Assert.Equal(["alice@example.org"], notice.Recipients);
        string text = string.Join(' ', Encoding.UTF8.GetString(notice.Body).Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("no key was found for: <erin@nokey.example> <frank@nokey.example> It waited", text, StringComparison.Ordinal);
        Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.Equal(sending.Length == 0, text.Contains("None of these", StringComparison.Ordinal));
    }
}
