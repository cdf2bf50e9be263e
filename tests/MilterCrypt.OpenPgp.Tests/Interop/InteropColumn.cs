using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>What came of every case with one peer.</summary>
public sealed record InteropColumn(string Peer, IReadOnlyDictionary<InteropCase, Outcome> Outcomes)
{
    /// <summary>Tries every case with a peer.</summary>
    public static async Task<InteropColumn> MeasureAsync(IOpenPgpPeer peer, InteropKeys lent)
    {
        var pair = new InteropPair(peer, lent);
        var outcomes = new Dictionary<InteropCase, Outcome>();
        foreach (InteropCase @case in InteropCases.All)
            outcomes.Add(@case, await TryAsync(@case, pair));
        return new InteropColumn(peer.Name, outcomes);
    }

    private static async Task<Outcome> TryAsync(InteropCase @case, InteropPair pair)
    {
        try
        {
            return await @case.TryAsync(pair);
        }
        // All: whatever goes wrong is what a failed case is, and the table says it.
        catch (Exception problem)
        {
            return new Outcome.Fails(problem.Message);
        }
    }
}
