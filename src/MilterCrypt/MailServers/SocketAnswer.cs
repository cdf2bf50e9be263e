using System.Net.Sockets;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.MailServers;

/// <summary>What happened when we connected to an address as an MTA does.</summary>
internal abstract record SocketAnswer
{
    // What .NET makes of ENOENT.
    private const SocketError NoSuchFile = SocketError.AddressNotAvailable;

    private SocketAnswer() { }

    /// <summary>A filter agreed on a version of the protocol.</summary>
    public sealed record Milter(uint Version) : SocketAnswer;

    /// <summary>Nobody listens there.</summary>
    public sealed record Nobody : SocketAnswer;

    /// <summary>We may not connect.</summary>
    public sealed record Forbidden : SocketAnswer;

    /// <summary>Somebody may listen there, but not a filter that can be talked to.</summary>
    /// <param name="Reason">What was seen in place of one, in a few words.</param>
    public sealed record Other(string Reason) : SocketAnswer;

    /// <summary>Connects, negotiates, and takes leave.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="patience">How long that may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SocketAnswer> OfAsync(MilterEndpoint endpoint, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            await using var client = await MilterClient.OpenAsync(endpoint, MtaHabits.Postfix, deadline.Token);
            await client.QuitAsync(deadline.Token);
            return new Milter(client.Agreed.Version);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or NoSuchFile)
        {
            return new Nobody();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return new Forbidden();
        }
        catch (Exception e) when (e is MilterProtocolException or IOException or SocketException)
        {
            return new Other(Words.Value(e.Message.TrimEnd('.')));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Other($"no answer within {Words.Time(patience)}");
        }
    }
}
