namespace MilterCrypt.Milter;

/// <summary>Who is at the other end of a Unix socket (SO_PEERCRED, unix(7)): what the kernel noted when the peer
/// connected, and no peer can forge. It is one of the MTA's processes, or whoever else the socket's permissions let in.</summary>
/// <param name="UserId">Its effective user; 65534 for one that this user namespace doesn't know, which
/// under systemd's <c>PrivateUsers=</c> is every other one but root.</param>
/// <param name="GroupId">Its effective group, likewise.</param>
/// <param name="ProcessId">Its number, for the log only: the process may have ended, or have handed the connection to
/// another, as Postfix's smtpd does. 0 where it is not to be seen from this PID namespace.</param>
public sealed record PeerCredentials(uint UserId, uint GroupId, int ProcessId);
