using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

namespace MilterCrypt.Commands;

/// <summary>What is said anew of a certificate in the second in which it was last said is dated a second later, so that it counts more
/// than the old. A command hands it on when that second has come: else whoever used it at once would find it made in the future.</summary>
internal static class Postdating
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Waits until all that is said of a certificate counts: mostly not at all.</summary>
    public static async Task WaitAsync(Certificate certificate, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var begun = clock.GetUtcNow();
        for (var now = begun; now - begun <= Longest; now = clock.GetUtcNow())
        {
            if (certificate.At(now, AlgorithmPolicy.Default).ChangesAt is not { } change || change - now > Longest)
                return;
            // A little more: clocks and timers don't agree to the tick.
            await Task.Delay(change - now + TimeSpan.FromMilliseconds(5), cancellationToken);
        }
    }
}
