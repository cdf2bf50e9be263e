using MilterCrypt.Configuration;

namespace MilterCrypt.Tests.Configuration;

/// <summary>A bypass opens everything, so it must be short, loud, and end by itself.</summary>
public sealed class EmergencyBypassTests
{
    private static readonly StoppedClock Noon = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("2026-11-27T18:00:00Z", "2026-11-27T18:00:00Z")]
    [InlineData("2026-11-27T18:00Z", "2026-11-27T18:00:00Z")]
    [InlineData("2026-11-27T19:00+01:00", "2026-11-27T18:00:00Z")]
    [InlineData("2026-12-03T12:00:00Z", "2026-12-03T12:00:00Z")]
    public void UntilItEndsItIsInForceAndWarnedOf(string written, string until)
    {
        var settings = Read($"emergency-bypass: {{until: {written}, reason: the key server is down}}\nrules: [{{encrypt: always}}]");
        Assert.Equal((until, "the key server is down"), ($"{settings.PolicyTable().Bypass?.Until:yyyy-MM-dd'T'HH:mm:ss'Z'}", settings.PolicyTable().Bypass?.Reason));
        Assert.Equal([$"EMERGENCY BYPASS until {until}: all mail goes as it came, nothing is encrypted, signed, opened or refused. The reason given: the key server is down"], SuspicionList.Of(settings));
    }

    [Theory]
    [InlineData("2026-11-26T12:00:00Z")]
    [InlineData("2020-01-01T00:00:00Z")]
    public void OneThatHasEndedIsIgnoredAndTold(string until)
    {
        var settings = Read($"emergency-bypass: {{until: {until}, reason: old}}\nrules: [{{encrypt: always}}]");
        Assert.Null(settings.PolicyTable().Bypass);
        Assert.Equal([$"emergency-bypass: it ended at {until} and is ignored; take it out of the file"], SuspicionList.Of(settings));
    }

    [Theory]
    [InlineData("until: 2026-12-03T12:00:01Z, reason: x", "f:1:27: emergency-bypass.until: it is more than 7 days ahead: a bypass is for an emergency")]
    [InlineData("until: 2026-11-27T18:00:00, reason: x", "f:1:27: emergency-bypass.until: '2026-11-27T18:00:00' is not a time with its zone, such as 2026-11-27T18:00:00Z or 2026-11-27T19:00+01:00")]
    [InlineData("until: tomorrow, reason: x", "f:1:27: emergency-bypass.until: 'tomorrow' is not a time with its zone, such as 2026-11-27T18:00:00Z or 2026-11-27T19:00+01:00")]
    [InlineData("until: 2026-11-27T18:00:00Z", "f:1:19: emergency-bypass: it has no reason, such as `emergency-bypass: {until: 2026-11-26T16:00Z, reason: \"the key server is down\"}`")]
    [InlineData("reason: x", "f:1:19: emergency-bypass: it has no until, such as `emergency-bypass: {until: 2026-11-26T16:00Z, reason: \"the key server is down\"}`")]
    [InlineData("until: 2026-11-27T18:00:00Z, reason: \"a\\nb\"", "f:1:57: emergency-bypass.reason: it is longer than 200 characters, or more than one line")]
    public void WhatIsNoBypassIsRefused(string map, string complaint) =>
        Assert.Equal([complaint], Assert.IsType<ConfigurationResult.Refused>(ConfigurationFile.Read($"emergency-bypass: {{{map}}}", "f", Noon)).Complaints);

    private static Settings Read(string yaml) => Assert.IsType<ConfigurationResult.Loaded>(ConfigurationFile.Read(yaml, "f", Noon)).Settings;

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
