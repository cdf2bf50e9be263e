using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests;

/// <summary>More connections than there are places for. One that is closed leaves the message to the MTA's own error action,
/// which can be to let it pass; so as long as it can be, it is answered.</summary>
public sealed class AdmissionTests
{
    private const string Busy = "451 4.3.2 Mail filter is busy, please try again later";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MailOfConnectionsBeyondTheLimitIsDeferredUntilThereIsAPlaceAndToldOnce()
    {
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: new MilterOptions { MaxConnections = 2 });
        await using var first = await server.GreetAsync();
        await using var second = await server.GreetAsync();
        await using var third = await server.GreetAsync();
        await using var fourth = await server.GreetAsync();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Busy, (await third.DeliverAsync(Some.Message, Ct)).Final.ToString());
            Assert.Equal(Busy, (await fourth.DeliverAsync(Some.Message, Ct)).Final.ToString());
        }

        Assert.Equal("continue", (await second.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.Single(server.Log.Entries, entry => entry.Text.Contains("2 connections are open", StringComparison.Ordinal));

        await first.QuitAsync(Ct);
        await first.DisposeAsync();
        await Patience.UntilAsync(
            async () => (await third.DeliverAsync(Some.Message, Ct)).Final.GoesOn, () => "the place of the first is not given to the third");
        // It keeps it.
        Assert.Equal("continue", (await third.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.Equal(Busy, (await fourth.DeliverAsync(Some.Message, Ct)).Final.ToString());
    }

    [Fact]
    public async Task WhoCannotEvenWaitIsClosedAtOnceAndThatIsToldOnce()
    {
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: new MilterOptions { MaxConnections = 1 });
        await using var served = await server.GreetAsync();
        await using var waiting = await server.GreetAsync();
        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<IOException>(() => server.GreetAsync());
        Assert.Single(server.Log.Entries, entry => entry.Text.Contains("further ones are closed at once", StringComparison.Ordinal));
        Assert.Equal("continue", (await served.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.Equal(Busy, (await waiting.MailAsync("<a@a.example>", Ct)).ToString());

        await waiting.QuitAsync(Ct);
        await Patience.UntilAsync(
            async () => await IsTakenAsync(server), () => "the place of the one that waited is not given back");
    }

    [Fact]
    public async Task AListenerCanHaveALimitOfItsOwn()
    {
        await using var server = await TestServer.StartAsync(
            new ScriptedFilter(),
            options: new MilterOptions { MaxConnections = 1000 },
            listener: new MilterListenerOptions { MaxConnections = 1 });
        await using var first = await server.GreetAsync();
        await using var second = await server.GreetAsync();
        Assert.Equal("continue", (await first.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.Equal(Busy, (await second.DeliverAsync(Some.Message, Ct)).Final.ToString());
    }

    [Fact]
    public async Task FileDescriptorsAreKeptForWhatMessagesNeedBesideTheirConnections()
    {
        // 384 less 280 in reserve: 45 connections with two each, then 14 that wait.
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: new MilterOptions { DescriptorLimit = 384 });
        var clients = new List<MilterClient>();
        try
        {
            int served = 0, deferred = 0;
            for (int i = 0; i < 59; i++)
            {
                clients.Add(await server.GreetAsync());
                string final = (await clients[^1].DeliverAsync(Some.Message, Ct)).Final.ToString();
                served += final == "continue" ? 1 : 0;
                deferred += final == Busy ? 1 : 0;
            }

            Assert.Equal((45, 14), (served, deferred));
            await Assert.ThrowsAnyAsync<IOException>(() => server.GreetAsync());
            Assert.Single(server.Log.Entries, entry => entry.Text.Contains("file descriptors run short (384 allowed)", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var client in clients)
                await client.DisposeAsync();
        }

        await Patience.UntilAsync(async () => await IsTakenAsync(server), () => "descriptors are not given back");
    }

    [Fact]
    public async Task WhoWaitsForAPlaceMayNotBeSilentForLong()
    {
        var options = new MilterOptions { MaxConnections = 1 };
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: options);
        await using var served = await server.GreetAsync(MtaHabits.Sendmail);
        await using var waiting = await server.GreetAsync(MtaHabits.Sendmail);
        Assert.Equal(Busy, (await waiting.MailAsync("<a@a.example>", Ct)).ToString());

        var closing = waiting.ReadAsync(Ct);
        Assert.InRange(await server.Clock.PassUntilAsync(closing, TimeSpan.FromSeconds(1)), options.WaitingTimeout, options.IdleTimeout / 2);
        await Assert.ThrowsAnyAsync<IOException>(() => closing);
        Assert.Equal("continue", (await served.DeliverAsync(Some.Message, Ct)).Final.ToString());
    }

    private static async Task<bool> IsTakenAsync(TestServer server)
    {
        try
        {
            await using var client = await server.GreetAsync();
            return !(await client.DeliverAsync(Some.Message, Ct)).Final.ToString().StartsWith("55", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
