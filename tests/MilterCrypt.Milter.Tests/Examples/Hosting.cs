using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Milter.Tests.Examples;

internal static class Hosting
{
    /// <summary>Serves a filter while <paramref name="meanwhile"/> runs.</summary>
    public static async Task ServeAsync(
        string address, IMailFilter filter, ILoggerFactory loggers, Func<MilterServer, Task> meanwhile, CancellationToken cancellationToken)
    {
        // <example without a host>
        var options = new MilterServerOptions
        {
            Sessions = new MilterOptions { MaxConnections = 200, VerdictTimeout = TimeSpan.FromMinutes(1) },
            Socket = new MilterSocketOptions { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite },
            Loggers = loggers,
        };
        await using var server = await MilterServer.StartAsync(MilterEndpoint.Parse(address), filter, options, cancellationToken);
        // </example>
        await meanwhile(server);
    }
}
