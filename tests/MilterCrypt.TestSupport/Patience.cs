using System.Diagnostics;

namespace MilterCrypt.TestSupport;

/// <summary>Waits for what another process will do, with an end to the waiting and a word about what was missed.</summary>
public static class Patience
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    public static Task UntilAsync(Func<bool> holds, TimeSpan patience, Func<string> otherwise) =>
        UntilAsync(() => Task.FromResult(holds()), patience, otherwise);

    public static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan patience, Func<string> otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            if (watch.Elapsed > patience)
                throw new TimeoutException($"after {patience.TotalSeconds:0.#} s: {otherwise()}");
            await Task.Delay(Step);
        }
    }
}
