using MilterCrypt.Milter.Client;

namespace MilterCrypt.Milter.Tests.Agreement;

/// <summary>The client drives libmilter, pymilter and this library, as either MTA, in each version of the protocol, over both
/// kinds of sockets, and the same filter has the same result on all three.</summary>
public sealed class AgreementTests(ThreeFilters filters) : IClassFixture<ThreeFilters>
{
    public static TheoryData<string> Names => [.. Scenario.Alike.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AFilterHasTheSameResultOnEachLibrary(string name)
    {
        if (ThreeFilters.Missing() is { } missing)
            Assert.Skip(missing);

        Scenario scenario = Scenario.Alike[name];
        for (uint version = 2; version <= 6; version++)
        {
            foreach (MtaHabits mta in new[] { MtaHabits.Postfix.Speaking(version), MtaHabits.Sendmail.Speaking(version) })
            {
                // Sockets are no matter of versions: TCP, with what Nagle's algorithm costs there, has the first and the last.
                foreach (bool tcp in version is 2 or 6 ? new[] { false, true } : [false])
                    await AgreeAsync(name, scenario, mta, tcp);
            }
        }
    }

    private async Task AgreeAsync(string name, Scenario scenario, MtaHabits mta, bool tcp)
    {
        ClientResult[] results = await Task.WhenAll(ThreeFilters.Libraries.Select(library => filters.RunAsync(library, tcp, mta, name)));
        string[] summaries = [.. results.Select(result => Summary.Of(result, mta))];
        string where = $"{mta.Kind}, version {mta.Offer.Version}, {(tcp ? "TCP" : "Unix")}\n";
        Assert.Equal(where + summaries[0], where + summaries[1]);
        Assert.Equal(where + summaries[0], where + summaries[2]);
        if (mta.Offer.Version < scenario.Since)
            return;
        Assert.Equal(scenario.Outcome, results[0].Outcome);
        Assert.Contains(scenario.Shows, where + summaries[0], StringComparison.Ordinal);
    }
}
