using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Milter.Tests;

/// <summary>Whatever a filter sends, the client ends with a result or says that the protocol is broken.</summary>
public sealed class HostileFilterTests
{
    private const int Seeds = 400;
    private const string Codes = "catrdypsh4fimb+-2eq\0\u001b";

    [Fact]
    public async Task RandomAnswersAreAResultOrABreachOfTheProtocol()
    {
        int results = 0, breaches = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            await using var filter = new ByteFilter((code, _) => code is 'D' or 'A' or 'Q' or 'O' ? null : Answer(code, random));
            try
            {
                await RunAsync(filter, seed % 2 == 0 ? MtaHabits.Postfix : MtaHabits.Sendmail);
                results++;
            }
            catch (Exception e) when (e is MilterProtocolException or IOException)
            {
                breaches++;
            }
        }

        Assert.InRange(results, Seeds / 20, Seeds);
        Assert.InRange(breaches, Seeds / 20, Seeds);
    }

    [Fact]
    public async Task AFilterThatIsGoneAfterItsVerdictIsNotMissed()
    {
        await using var filter = new ByteFilter((code, _) => code == 'E' ? [ByteFilter.Frame('a'), ByteFilter.HangUp] : null);
        for (int i = 0; i < 20; i++)
            Assert.Equal(ClientOutcome.Delivered, (await RunAsync(filter, MtaHabits.Postfix)).Outcome);
    }

    [Fact]
    public async Task ProgressBetweenTwoPiecesOfTheBodyIsAnErrorToPostfixAlone()
    {
        await using var between = Ending("b", "p", "b", "a");
        await Assert.ThrowsAsync<MilterProtocolException>(() => RunAsync(between, MtaHabits.Postfix));
        Assert.Equal(1, (await RunAsync(between, MtaHabits.Sendmail)).ProgressCount);
        await using var before = Ending("q", "p", "b", "b", "p", "a");
        Assert.Equal(2, (await RunAsync(before, MtaHabits.Postfix)).ProgressCount);
    }

    private static ByteFilter Ending(params string[] codes) => new((code, _) => code == 'E' ? codes.Select(reply => ByteFilter.Frame(reply[0], "x\0")) : null);

    private static IEnumerable<byte[]> Answer(char code, Random random)
    {
        // Mostly it goes on, or no session came to its end.
        while (random.Next(code == 'E' ? 2 : 12) == 0)
        {
            byte[] data = new byte[random.Next(12)];
            random.NextBytes(data);
            yield return ByteFilter.Frame(Codes[random.Next(Codes.Length)], data);
        }

        yield return ByteFilter.Frame('c');
    }

    private static async Task<ClientResult> RunAsync(ByteFilter filter, MtaHabits mta)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience.Ample);
        Assert.True(MilterEndpoint.TryParse(filter.Socket.ForPostfix, out MilterEndpoint? endpoint, out _));
        await using MilterClient client = await MilterClient.OpenAsync(endpoint, mta, deadline.Token);
        return Assert.Single((await client.RunAsync(new ClientSession(Some.Message), deadline.Token)).Messages);
    }
}
