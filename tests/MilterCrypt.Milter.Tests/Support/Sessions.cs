using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Milter.Session;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>Sessions without a socket.</summary>
internal static class Sessions
{
    public static MilterSession Over(PipeReader input, PipeWriter output, IMailFilter filter, TimeProvider clock)
    {
        var services = new SessionServices(filter, new MilterOptions(), clock, new ClearingPool(), NullLogger.Instance);
        return new MilterSession(new Duplex(input, output), services, null, maySkipReplies: true, "test");
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
