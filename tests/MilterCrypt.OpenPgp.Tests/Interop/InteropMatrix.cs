using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Measures each peer once for all tests, two peers at a time, and in the end writes artifacts/interop.md.</summary>
public sealed class InteropMatrix : IAsyncLifetime
{
    private readonly Dictionary<string, Task<Measurement>> measurements = [];
    private readonly SemaphoreSlim places = new(Environment.ProcessorCount);
    private readonly InteropKeys lent = new();

    public ValueTask InitializeAsync()
    {
        foreach (string name in Peer.Names)
            measurements.Add(name, Task.Run(() => MeasureAsync(name)));
        return ValueTask.CompletedTask;
    }

    /// <summary>What came of a peer; skips where there is none.</summary>
    public async Task<InteropColumn> ColumnAsync(string name)
    {
        Measurement measurement = await measurements[name];
        Assert.SkipWhen(measurement.Column is null, measurement.WhyNot ?? "");
        return measurement.Column;
    }

    /// <summary>What came of all peers that are there.</summary>
    public async Task<InteropDocument> DocumentAsync() =>
        new([.. (await Task.WhenAll(measurements.Values)).Select(measurement => measurement.Column).OfType<InteropColumn>()]);

    /// <summary>Why there is no column of some peers.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync() =>
        [.. (await Task.WhenAll(measurements.Values)).Select(measurement => measurement.WhyNot).OfType<string>()];

    public async ValueTask DisposeAsync()
    {
        string artifacts = Repository.PathOf("artifacts/interop.md");
        await File.WriteAllTextAsync(artifacts, (await DocumentAsync()).ToString());
        await lent.DisposeAsync();
        places.Dispose();
    }

    private async Task<Measurement> MeasureAsync(string name)
    {
        await places.WaitAsync();
        try
        {
            switch (await Peer.FindAsync(name))
            {
                case PeerFinding.Found found:
                    await using (found.Peer)
                        return new Measurement(await InteropColumn.MeasureAsync(found.Peer, lent), null);
                case PeerFinding.Missing missing:
                    return new Measurement(null, missing.Reason);
                default:
                    throw new InvalidOperationException("neither found nor missing");
            }
        }
        finally
        {
            places.Release();
        }
    }

    private sealed record Measurement(InteropColumn? Column, string? WhyNot);
}
