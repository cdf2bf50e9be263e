namespace MilterCrypt.Milter.Session;

/// <summary>A session's place in the world: the milter connection that it has. Owned by it.</summary>
/// <param name="Id">The connection's short name.</param>
/// <param name="Listener">Where it came in.</param>
/// <param name="Peer">Who is at its other end, where the kernel tells.</param>
/// <param name="MaySkipReplies">Whether replies may be left out without making the MTA wait.</param>
/// <param name="TurnsAway">Asked when a message may begin: its refusal, where it may not now.</param>
internal sealed record SessionPlace(
    string Id, MilterListener Listener, PeerCredentials? Peer, bool MaySkipReplies, Func<StepReply?> TurnsAway);
