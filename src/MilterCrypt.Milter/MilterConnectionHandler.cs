using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MilterCrypt.Milter;

/// <summary>Kestrel's seam: one connection in, one session run. Owned by the program, one for each filter.</summary>
public sealed class MilterConnectionHandler(
    IMailFilter filter, MilterOptions options, TimeProvider time, ILogger<MilterConnectionHandler> logger) : ConnectionHandler
{
    private readonly SessionServices _services = new(filter, options, time, logger);

    /// <inheritdoc/>
    public override Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(_services);
        connection.Abort();
        return Task.CompletedTask;
    }
}
