using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>The addresses that the MTA will really use, as its macros tell them.</summary>
public sealed class ResolvedAddressTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bob", "bob@here.example", "bob@here.example")]
    [InlineData("bob%partner.example@here.example", "bob@partner.example", "bob@partner.example")]
    [InlineData("\"bob@partner.example\"@here.example", "bob@partner.example", "bob@partner.example")]
    [InlineData("bob@here.example", "bob", "bob@here.example")]
    [InlineData("bob@here.example", null, "bob@here.example")]
    [InlineData("bob@here.example", "", "bob@here.example")]
    [InlineData("bob@here.example", "@here.example", "bob@here.example")]
    [InlineData("bob@here.example", "bob@", "bob@here.example")]
    [InlineData("bob@here.example", "bob@.", "bob@here.example")]
    [InlineData("bob@here.example", "bob@here.example.", "bob@here.example")]
    [InlineData("", "postmaster@here.example", "")]
    [InlineData("\"b b\"@x.example", "b b@x.example", "\"b b\"@x.example")]
    [InlineData("\"b b\"@x.example", "\"b b\"@x.example", "\"b b\"@x.example")]
    [InlineData("\"b\\\"b\"@x.example", "b\"b@x.example", "\"b\\\"b\"@x.example")]
    [InlineData("\"b\\\\b\"@x.example", "b\\b@x.example", "\"b\\\\b\"@x.example")]
    [InlineData("\"a@b.example\"@x.example", "a@b.example@x.example", "\"a@b.example\"@x.example")]
    public void AWholeAddressOfTheMtaCounts(string given, string? told, string expected) =>
        Assert.Equal(expected, ResolvedAddress.Of(told, given));

    [Fact]
    public async Task EachRecipientHasItsOwn()
    {
        var filter = new ScriptedFilter();
        await using var server = await TestServer.StartAsync(filter);
        await using var client = await server.GreetAsync(MtaHabits.Sendmail);
        client.MacroValues["{mail_addr}"] = "alice@here.example";
        await client.MailAsync("<alice>", Ct);
        client.MacroValues["{rcpt_addr}"] = "bob@partner.example";
        await client.RecipientAsync("<bob%partner.example@here.example>", Ct);
        client.MacroValues.Remove("{rcpt_addr}");
        client.MacroValues.Remove("i");
        await client.RecipientAsync("<carol@here.example>", Ct);

        var mail = filter.Last.Mail;
        Assert.Equal(("alice", "alice@here.example"), (mail.Sender, mail.ResolvedSender));
        Assert.Equal(["bob@partner.example", "carol@here.example"], mail.Recipients.Select(recipient => recipient.ResolvedAddress));
        Assert.Equal("bob%partner.example@here.example", mail.Recipients[0].Address);
    }
}
