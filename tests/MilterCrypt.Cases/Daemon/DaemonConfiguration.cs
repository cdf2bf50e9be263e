namespace MilterCrypt.Cases.Daemon;

/// <summary>How the program is configured that is a case's filter.</summary>
/// <param name="Yaml">Items of <c>rules</c>, or all of the configuration.</param>
/// <param name="IsWhole">Whether it is all of it, but for where the daemon listens and keeps what it has; LISTENER stands for where
/// the mail server takes what is handed back.</param>
public sealed record DaemonConfiguration(string Yaml, bool IsWhole)
{
    public const string Listener = "LISTENER";
}
