using System.Net;

namespace MilterCrypt.Milter.Listening;

/// <summary>By this Kestrel passes on which socket is to be served, and how many connections of it.</summary>
internal sealed class MilterListenerEndPoint(MilterListenSocket socket, ConnectionLimit limit) : EndPoint
{
    public void Deconstruct(out MilterListenSocket itsSocket, out ConnectionLimit itsLimit) => (itsSocket, itsLimit) = (socket, limit);

    /// <inheritdoc/>
    public override string ToString() => socket.ToString();
}
