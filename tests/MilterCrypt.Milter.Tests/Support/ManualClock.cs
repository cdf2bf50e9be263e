using Microsoft.Extensions.Time.Testing;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A clock that stands still until a test moves it. The code under test may not be waiting yet when its test
/// wants to move on, so the clock tells what is waited for. One test's own.</summary>
internal sealed class ManualClock : FakeTimeProvider
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    private readonly Lock gate = new();
    private readonly HashSet<WatchedTimer> timers = [];

    /// <summary>Returns once something has begun to wait for just this long, and no time has passed since.</summary>
    public Task WhenAwaitedAsync(TimeSpan time) => Patience.UntilAsync(() => IsAwaited(time), () => $"nothing waits for {time}");

    /// <summary>Lets so much time pass, as soon as something waits for just that long.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await WhenAwaitedAsync(time);
        Advance(time);
    }

    /// <summary>Lets time pass step by step until the task has ended: for a wait that no timer of its own shows.</summary>
    /// <returns>How much has passed.</returns>
    public async Task<TimeSpan> PassUntilAsync(Task effect, TimeSpan step)
    {
        var begun = GetUtcNow();
        await Patience.UntilAsync(
            async () =>
            {
                if (!effect.IsCompleted)
                    Advance(step);
                await Task.WhenAny(effect, Task.Delay(Look));
                return effect.IsCompleted;
            },
            () => $"nothing came of {GetUtcNow() - begun}");
        return GetUtcNow() - begun;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, base.CreateTimer(callback, state, dueTime, period));
        timer.Note(dueTime);
        return timer;
    }

    private bool IsAwaited(TimeSpan time)
    {
        lock (gate)
            return timers.Any(timer => timer.Time == time && timer.Begun == GetUtcNow());
    }

    // One that has fired stays among them: time has passed since it was set, so nothing finds it any more.
    private sealed class WatchedTimer(ManualClock clock, ITimer timer) : ITimer
    {
        public TimeSpan Time { get; private set; }

        public DateTimeOffset Begun { get; private set; }

        // Only after the timer is set: what is seen here must fire when the clock is moved.
        public void Note(TimeSpan dueTime)
        {
            lock (clock.gate)
            {
                (Time, Begun) = (dueTime, clock.GetUtcNow());
                clock.timers.Add(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool changed = timer.Change(dueTime, period);
            if (changed)
                Note(dueTime);
            return changed;
        }

        public void Dispose()
        {
            timer.Dispose();
            lock (clock.gate)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
