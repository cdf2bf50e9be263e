using System.Net.Sockets;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>A few connections to one agent, each used by one question at a time, and an end to each question's waiting. Owned by
/// its <see cref="GpgAgentSource"/>.</summary>
internal sealed class AgentPool(string path, TimeSpan patience, TimeProvider clock) : IDisposable
{
    // The agent works on several at once; a message asks for little.
    private const int MaxConnections = 4;

    private readonly SemaphoreSlim free = new(MaxConnections);
    private readonly Stack<AgentConnection> idle = new();
    private bool isDisposed;

    /// <summary>Asks something, on a connection that stands or a new one; once more where one that stood turns out to be
    /// broken, as all are after the agent was started anew.</summary>
    /// <exception cref="SecretKeyException">The agent can't be asked now, or the question itself says so.</exception>
    internal async Task<T> AskAsync<T>(Func<AgentConnection, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await free.WaitAsync(either.Token);
            try
            {
                return await AskOnceOrTwiceAsync(question, either.Token);
            }
            finally
            {
                free.Release();
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SecretKeyException($"gpg-agent at {path} did not answer within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception failure) when (IsBreach(failure))
        {
            throw new SecretKeyException($"gpg-agent at {path} can't be asked: {failure.Message}", failure);
        }
    }

    public void Dispose()
    {
        lock (idle)
            isDisposed = true;
        Clear();
        free.Dispose();
    }

    private async Task<T> AskOnceOrTwiceAsync<T>(Func<AgentConnection, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        if (TakeIdle() is { } standing)
        {
            try
            {
                return await AskAsync(standing, question, cancellationToken);
            }
            catch (Exception failure) when (IsBreach(failure))
            {
                Clear();
            }
        }

        return await AskAsync(await AgentConnection.OpenAsync(path, cancellationToken), question, cancellationToken);
    }

    private async Task<T> AskAsync<T>(
        AgentConnection connection, Func<AgentConnection, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question(connection, cancellationToken);
        }
        finally
        {
            if (!connection.IsReady || !TryKeep(connection))
                connection.Dispose();
        }
    }

    private AgentConnection? TakeIdle()
    {
        lock (idle)
            return idle.TryPop(out var connection) ? connection : null;
    }

    private bool TryKeep(AgentConnection connection)
    {
        lock (idle)
        {
            if (!isDisposed)
                idle.Push(connection);
            return !isDisposed;
        }
    }

    private void Clear()
    {
        while (TakeIdle() is { } connection)
            connection.Dispose();
    }

    private static bool IsBreach(Exception failure) =>
        failure is IOException or SocketException or InvalidDataException or UnauthorizedAccessException;
}
