using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;

namespace MilterCrypt.Milter.Tests;

/// <summary>An MTA keeps its connection as long as its own client keeps it waiting. How long that may be to the millisecond is
/// for <see cref="SilenceTests"/>.</summary>
public sealed class IdleConnectionTests
{
    // What libmilter allows, and so what MTAs are used to.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(7210);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("before the first message")]
    [InlineData("between two messages")]
    [InlineData("between two recipients")]
    public async Task AConnectionThatIsSilentForMoreThanTwoHoursIsKept(string when)
    {
        await using var server = await TestServer.StartAsync(new ScriptedFilter());
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        if (when == "between two messages")
            Assert.Equal("continue", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        if (when == "between two recipients")
        {
            await client.MailAsync("<a@a.example>", Ct);
            await client.RecipientAsync("<b@b.example>", Ct);
        }

        // In steps, so that a timer that looks once in a while sees what it would.
        for (var silent = TimeSpan.Zero; silent <= Usual; silent += TimeSpan.FromMinutes(1))
            server.Clock.Advance(TimeSpan.FromMinutes(1));
        if (when == "between two recipients")
            Assert.Equal("continue", (await client.RecipientAsync("<c@c.example>", Ct)).ToString());
        Assert.Equal("continue", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString());
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Text.Contains("silent", StringComparison.Ordinal));
    }
}
