using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Hostile;

/// <summary>As many sessions as a listener takes, all in the middle of a message at one moment.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class ThousandSessionsTests
{
    private const int Count = 1000;

    // A message in flight has a block of 64 KiB for its body, its connection some buffers; the clients' are among them.
    private const long MostHeld = 250L * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AThousandMessagesInFlightAtOnceEachGetTheirOwnVerdict(bool tcp)
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (mail, body) => new MailVerdict.Changed(new MessageChanges(
                [new HeaderEdit.Add("X-Sender", Encoding.UTF8.GetBytes(" " + mail.Sender))],
                new MemoryStream([.. body.ToArray(), .. Encoding.UTF8.GetBytes(mail.Sender)]))),
        };
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using TestServer server = await TestServer.StartAsync(filter, tcp);
        // One after the other: a thousand at once would not fit into the listener's backlog.
        var clients = new List<MilterClient>();
        for (int i = 0; i < Count; i++)
            clients.Add(await server.GreetAsync());

        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            await client.MailAsync($"<u{i}@a>", Ct);
            await client.RecipientAsync($"<r{i}@b>", Ct);
            await client.EndOfHeaderAsync(Ct);
            await client.BodyAsync(Some.Bytes(1000 + i, i), Ct);
        })).WaitAsync(Patience.Ample, Ct);
        Assert.Equal(Count, filter.Seen.Count(seen => seen.Disposals == 0));
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(held < MostHeld, $"{held:N0} bytes for {Count} messages");

        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            IReadOnlyList<MilterAnswer> answers = await client.EndOfMessageAsync(Ct);
            Assert.Equal("continue", answers[^1].ToString());
            Assert.Equal($"X-Sender\0 u{i}@a\0", Encoding.UTF8.GetString(answers[0].Payload.Span));
            Assert.Equal([.. Some.Bytes(1000 + i, i), .. Encoding.UTF8.GetBytes($"u{i}@a")], answers[1].Payload.ToArray());
            await client.QuitAsync(Ct);
            await client.DisposeAsync();
        })).WaitAsync(Patience.Ample, Ct);
        Assert.Equal(Count, filter.Seen.Count(seen => seen.BodyEnded));
    }
}
