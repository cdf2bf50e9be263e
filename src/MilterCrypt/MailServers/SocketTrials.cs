using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers;

/// <summary>Tries addresses, all at once, and says who answers.</summary>
internal static class SocketTrials
{
    /// <summary>Enough for a busy machine; a firewall that swallows packets costs no more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>More is no configuration but an accident.</summary>
    private const int Most = 50;

    /// <summary>Tries our own addresses and those that mail servers name.</summary>
    /// <returns>A line for each filter that answers, and a finding for each address where none does.</returns>
    public static async Task<(IReadOnlyList<string> Answers, IReadOnlyList<Finding> Findings)> TryAsync(
        OwnFilter own, IEnumerable<MilterEndpoint> named, CancellationToken cancellationToken)
    {
        var others = named.Distinct().Where(address => own.Addresses.Count == 0 || !own.Addresses.Contains(address));
        var all = own.Addresses.Select(address => (Address: address, IsOwn: true))
            .Concat(others.Select(address => (Address: address, IsOwn: false)))
            .Take(Most)
            .ToList();
        var answers = await Task.WhenAll(all.Select(trial => SocketAnswer.OfAsync(trial.Address, Patience, cancellationToken)));

        var lines = new List<string>();
        var findings = new List<Finding>();
        foreach (var ((address, isOwn), answer) in all.Zip(answers))
        {
            if (answer is SocketAnswer.Milter(var version))
                lines.Add($"{address}: answers as a milter, version {version}");
            else
                findings.Add(Judge(isOwn ? $"listen: {address}" : $"{address}, which a mail server names", isOwn, answer));
        }
        return (lines, findings);
    }

    private static Finding Judge(string place, bool isOwn, SocketAnswer answer) => answer switch
    {
        SocketAnswer.Nobody => Finding.Warning($"{place}: nobody listens there{(isOwn ? "; if the filter should be running, start it" : "")}"),
        SocketAnswer.Forbidden => Finding.Warning($"{place}: permission denied to the user who runs this; whether a filter answers can't be said"),
        SocketAnswer.Other(var reason) when isOwn => Finding.Error($"{place}: there is no milter, but: {reason}"),
        SocketAnswer.Other(var reason) => Finding.Warning($"{place}: there is no milter, but: {reason}"),
        _ => throw new InvalidOperationException($"No words for {answer}."),
    };
}
