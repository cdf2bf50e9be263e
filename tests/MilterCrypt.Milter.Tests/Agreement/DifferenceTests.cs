using MilterCrypt.Milter.Client;

namespace MilterCrypt.Milter.Tests.Agreement;

/// <summary>Where a filter of the same words has another result on another library, and why.</summary>
public sealed class DifferenceTests(ThreeFilters filters) : IClassFixture<ThreeFilters>
{
    internal static IReadOnlyDictionary<string, Scenario> Scenarios { get; } = new Dictionary<string, Scenario>
    {
        ["rawpercent"] = new(ClientOutcome.Deferred, "", "eom|rawreply|451|4.7.1|5% of it"),
        ["namesake"] = new(ClientOutcome.Delivered, "", "eom|addheader|X-Many|d"),
        ["deletefromthefront"] = new(ClientOutcome.Delivered, "", "eom|chgheader|1|X-Many|", "eom|chgheader|2|X-Many|"),
        ["nobodyleft"] = new(ClientOutcome.Discarded, "", "eom|delrcpt|<bob@b.example>", "eom|delrcpt|<carol@c.example>"),
    };

    // libmilter hands a reply on as it is, and its manual asks for %%: a single one turns Sendmail's reply into 554. pymilter
    // takes none, and its exception is a 451 of its own. This library doubles them.
    [Fact]
    public async Task ASinglePercentSignIsTheAuthorsBusinessWithOthers()
    {
        Assert.Equal(["451 4.7.1 5 of it", "451 4.3.0 pymilter: untrapped exception in scripted", "451 4.7.1 5% of it"], (await RunAsync(MtaHabits.Postfix, "rawpercent")).Select(result => result.Reply));
        ClientResult[] sendmail = await RunAsync(MtaHabits.Sendmail, "rawpercent");
        Assert.Equal([ClientOutcome.Refused, ClientOutcome.Deferred, ClientOutcome.Deferred], sendmail.Select(result => result.Outcome));
        Assert.Equal("451 4.7.1 5% of it", sendmail[2].Reply);
    }

    // SMFIR_ADDHEADER goes before a namesake with Sendmail; here a field that is added goes to the end, whatever the MTA.
    [Fact]
    public async Task AnAddedFieldWithANamesakeStandsWhereTheMtaLikesWithOthers()
    {
        Assert.All(await RunAsync(MtaHabits.Postfix, "namesake"), result => Assert.Equal("abcd", Many(result)));
        Assert.Equal(["dabc", "dabc", "abcd"], (await RunAsync(MtaHabits.Sendmail, "namesake")).Select(Many));
    }

    // Places shift after a delete with Postfix and stay with Sendmail. Here fields are named by their places in the message.
    [Fact]
    public async Task DeletingFromTheFrontDependsOnTheMtaWithOthers()
    {
        Assert.Equal(["b", "b", "c"], (await RunAsync(MtaHabits.Postfix, "deletefromthefront")).Select(Many));
        Assert.Equal(["c", "c", "c"], (await RunAsync(MtaHabits.Sendmail, "deletefromthefront")).Select(Many));
    }

    // The MTA says 250 and drops the message. Here that is a mistake, and the message a 451, unless it is said in so many words.
    [Fact]
    public async Task AMessageWithoutRecipientsVanishesWithOthers()
    {
        foreach (MtaHabits mta in new[] { MtaHabits.Postfix, MtaHabits.Sendmail })
        {
            ClientOutcome[] outcomes = [.. (await RunAsync(mta, "nobodyleft")).Select(result => result.Outcome)];
            Assert.Equal([ClientOutcome.Discarded, ClientOutcome.Discarded, ClientOutcome.Deferred], outcomes);
        }
    }

    private async Task<ClientResult[]> RunAsync(MtaHabits mta, string scenario)
    {
        if (ThreeFilters.Missing() is { } missing)
            Assert.Skip(missing);
        return await Task.WhenAll(ThreeFilters.Libraries.Select(library => filters.RunAsync(library, false, mta, scenario)));
    }

    private static string Many(ClientResult result) => string.Concat(
        result.Header.Where(field => field.Name == "X-Many").Select(field => (char)field.Value.Span[1]));
}
