using Microsoft.Extensions.Hosting;

namespace MilterCrypt.Milter.Listening;

/// <summary>A server that starts and stops with a host.</summary>
internal sealed class MilterService(MilterEndpoint endpoint, IMailFilter filter, MilterServerOptions options) : IHostedService, IAsyncDisposable
{
    private MilterServer? server;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        server = await MilterServer.StartAsync(endpoint, filter, options, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
