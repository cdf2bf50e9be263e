namespace MilterCrypt.OpenPgp.Tests.Certificates.Making;

/// <summary>Shows the time that it is set to.</summary>
internal sealed class SomeClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
