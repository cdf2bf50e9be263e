using System.Diagnostics;

namespace MilterCrypt.TestSupport;

/// <summary>Waits for what another task or process will do, with an end to the waiting and a word about what was
/// missed.</summary>
public static class Patience
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>How long to wait for what is sure to come. It ends a test that hangs and must not fail one on a machine
    /// that was busy elsewhere for a while.</summary>
    public static TimeSpan Ample { get; } = TimeSpan.FromMinutes(2);

    public static Task UntilAsync(Func<bool> holds, Func<string> otherwise) =>
        UntilAsync(() => Task.FromResult(holds()), otherwise);

    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            if (watch.Elapsed > Ample)
                throw new TimeoutException($"after {Ample.TotalSeconds:0} s: {otherwise()}");
            await Task.Delay(Step);
        }
    }
}
