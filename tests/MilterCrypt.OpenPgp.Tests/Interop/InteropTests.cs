using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>MilterCrypt and every other implementation that is here, both ways.</summary>
public sealed class InteropTests(InteropMatrix matrix) : IClassFixture<InteropMatrix>
{
    private const string Accept = "ACCEPT_INTEROP", Path = "docs/interop.md";

    public static TheoryData<string> Peers => [.. Peer.Names];

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task EverythingWorksWithEachPeerButWhatIsKnownToFail(string name)
    {
        InteropColumn column = await matrix.ColumnAsync(name);
        var surprises = new List<string>();
        foreach ((InteropCase @case, Outcome outcome) in column.Outcomes)
        {
            string? known = KnownFailures.Reason(column.Peer, @case);
            if (outcome is Outcome.Fails fails && known is null)
                surprises.Add($"{@case.Table}: {@case.Row}: {fails.Reason}");
            else if (outcome is Outcome.Works && known is not null)
                surprises.Add($"{@case.Table}: {@case.Row}: works now; known was: {known}");
        }

        Assert.True(surprises.Count == 0, $"{column.Peer}:\n{string.Join('\n', surprises)}");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task TheDocumentSaysWhatWasMeasured(string name)
    {
        InteropColumn column = await matrix.ColumnAsync(name);
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            await AcceptAsync();

        string document = await File.ReadAllTextAsync(Repository.PathOf(Path), TestContext.Current.CancellationToken);
        string[] differences = [.. InteropDocument.Differences(document, column)];
        Assert.True(
            differences.Length == 0,
            $"{column.Peer}:\n{string.Join('\n', differences)}\nIf that is right: make interop, and look at the difference before it is committed.");
    }

    // A document without some of the peers would look as if they had never been asked.
    private async Task AcceptAsync()
    {
        IReadOnlyList<string> missing = await matrix.MissingAsync();
        Assert.True(missing.Count == 0, $"not written, for peers are missing: {string.Join("; ", missing)}");
        await File.WriteAllTextAsync(Repository.PathOf(Path), (await matrix.DocumentAsync()).ToString());
    }
}
