using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Milter.Session;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>Sessions without a socket.</summary>
internal static class Sessions
{
    public static MilterSession Over(
        PipeReader input, PipeWriter output, IMailFilter filter, TimeProvider clock, MilterOptions? options = null,
        bool maySkipReplies = true, ILogger? logger = null)
    {
        options ??= new MilterOptions();
        var services = new SessionServices(
            filter, options, clock, new ClearingPool(), new StopClock(options, clock), new MilterMetrics(new Meter("test")), logger ?? NullLogger.Instance);
        var place = new SessionPlace("test", new MilterListener("test", ""), null, maySkipReplies, () => null);
        return new MilterSession(new Duplex(input, output), services, null, place);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
