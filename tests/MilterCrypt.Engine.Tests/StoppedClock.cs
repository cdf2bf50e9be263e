namespace MilterCrypt.Engine.Tests;

/// <summary>It is always the same time.</summary>
internal sealed class StoppedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
