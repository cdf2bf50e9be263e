using System.Net;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;

namespace MilterCrypt.Milter.Tests;

/// <summary>What the library itself refuses: where a message asks for more than it may have.</summary>
public sealed class RefusalTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TooManyRecipientsOfLocalSubmissionAreRefusedForGoodAndAsAWhole()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter, options: new MilterOptions { MaxRecipients = 2 });
        await using var client = await OpenLocalAsync(server);
        var result = await client.DeliverAsync(Some.Message with { Sender = "a@a", Recipients = ["b@b", "c@c", "d@d", "e@e"] }, Ct);
        Assert.All(result.Recipients, answer => Assert.True(answer.GoesOn));
        Assert.StartsWith("550 5.5.3", result.Final.ToString(), StringComparison.Ordinal);
        Assert.False(result.BodySent);
        await filter.Last.Ended.Task.WaitAsync(Ct);
        Assert.Equal(550, Assert.IsType<MailVerdict.Refused>(Assert.Single(filter.Last.Answers)).Reply.Code);
    }

    [Fact]
    public async Task AReportThatIsRefusedIsRefusedForNow()
    {
        var options = new MilterOptions { MaxHeaderBytes = 100, MaxRecipients = 1 };
        await using var server = await TestServer.StartAsync(new ScriptedFilter(), options: options);
        await using var client = await server.GreetAsync();
        var large = Some.WithHeader(Some.Field("X", new string('x', 101)));
        Assert.StartsWith("552 5.3.4", (await client.DeliverAsync(large, Ct)).Final.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("451 4.3.4", (await client.DeliverAsync(large with { Sender = "<>" }, Ct)).Final.ToString(), StringComparison.Ordinal);

        await using var local = await OpenLocalAsync(server);
        var many = await local.DeliverAsync(Some.Message with { Sender = "", Recipients = ["b@b", "c@c"] }, Ct);
        Assert.StartsWith("451 4.5.3", many.Final.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEnvelopeThatGrowsTooLargeTakesNoMoreRecipients()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter, options: new MilterOptions { MaxEnvelope = 3000 });
        await using var client = await server.GreetAsync();
        string long1 = $"<b@b> ORCPT={new string('x', 1000)}";
        string many = $"<d@d> {string.Join(' ', Enumerable.Repeat("X", 100))}";
        var result = await client.DeliverAsync(Some.Message with { Recipients = [long1, long1, long1, many, "<c@c>"] }, Ct);
        Assert.Equal(
            ["continue", "continue", "452 4.5.3", "452 4.5.3", "continue"],
            result.Recipients.Select(answer => answer.ToString()[..Math.Min(9, answer.ToString().Length)].TrimEnd()));
        Assert.Equal(3, filter.Last.Mail.Recipients.Count);
        Assert.Single(server.Log.Entries, entry => entry.Text.Contains("too many recipients", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TooManyMacrosEndTheConnection()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync();
        client.MacroValues["{mail_addr}"] = new string('x', 17_000);
        await Assert.ThrowsAnyAsync<IOException>(() => client.MailAsync("<a@a>", Ct));
        Assert.Empty(filter.Seen);
    }

    private static async Task<MilterClient> OpenLocalAsync(TestServer server)
    {
        var client = await server.OpenAsync();
        client.MacroValues["v"] = "Postfix 3.7.11";
        await client.ConnectAsync("localhost", IPAddress.Loopback, 0, Ct);
        return client;
    }
}
