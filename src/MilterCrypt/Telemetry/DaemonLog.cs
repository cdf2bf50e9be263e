using Microsoft.Extensions.Logging;

namespace MilterCrypt.Telemetry;

/// <summary>What the daemon says about itself.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(1, LogLevel.Information, "listening on {Address} as {Role}, for {Connections} connections")]
    public static partial void Listening(this ILogger logger, string address, string role, int connections);

    [LoggerMessage(2, LogLevel.Information, "miltercrypt {Version} is ready: {Keys} keys in {Store}, {Rules} rules from {File}")]
    public static partial void Ready(this ILogger logger, string version, int keys, string store, int rules, string file);

    [LoggerMessage(3, LogLevel.Information, "stopping: finishing what is under way")]
    public static partial void Stopping(this ILogger logger);

    [LoggerMessage(4, LogLevel.Information, "stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(5, LogLevel.Information, "new configuration in force: {Keys} keys in {Store}, {Rules} rules from {File}")]
    public static partial void Reloaded(this ILogger logger, int keys, string store, int rules, string file);

    [LoggerMessage(6, LogLevel.Error, "the new configuration is not used, the old one stays in force: {Complaint}")]
    public static partial void ReloadRefused(this ILogger logger, string complaint);

    [LoggerMessage(7, LogLevel.Warning, "{Setting} has changed; that takes effect at the next start")]
    public static partial void NeedsRestart(this ILogger logger, string setting);

    [LoggerMessage(8, LogLevel.Information, "keys: {Changes} changed, {Keys} in all")]
    public static partial void KeysChanged(this ILogger logger, int changes, int keys);

    [LoggerMessage(9, LogLevel.Error, "the key store can't be read, the keys known so far stay in use: {Reason}")]
    public static partial void KeyStoreFailed(this ILogger logger, string reason);

    [LoggerMessage(25, LogLevel.Information, "the key store can be read again")]
    public static partial void KeyStoreBack(this ILogger logger);

    [LoggerMessage(26, LogLevel.Error, "a key is left out: {Damage}")]
    public static partial void KeyDamaged(this ILogger logger, string damage);

    [LoggerMessage(27, LogLevel.Warning, "the key store is another one or an older one than before; read anew: {Keys} keys")]
    public static partial void KeyStoreReplaced(this ILogger logger, int keys);

    [LoggerMessage(28, LogLevel.Warning, "the service manager can't be told how the daemon is: {Reason}")]
    public static partial void ServiceManagerFailed(this ILogger logger, string reason);

    [LoggerMessage(29, LogLevel.Information, "/metrics, /healthz and /readyz on {Address}")]
    public static partial void HealthPage(this ILogger logger, string address);

    [LoggerMessage(30, LogLevel.Error, "a request over HTTP could not be answered")]
    public static partial void HealthPageFailed(this ILogger logger, Exception failure);

    [LoggerMessage(31, LogLevel.Error, "the journal can't be written: {Reason}")]
    public static partial void JournalNotWritten(this ILogger logger, string reason);

    [LoggerMessage(32, LogLevel.Warning, "{Messages} messages are held for longer than held.keep, the oldest for {Days} days; `miltercrypt held list` shows them")]
    public static partial void HeldForLong(this ILogger logger, int messages, int days);

    [LoggerMessage(33, LogLevel.Error, "held messages: {Reason}")]
    public static partial void HeldNotRead(this ILogger logger, string reason);

    [LoggerMessage(34, LogLevel.Warning, "{Complaint}")]
    public static partial void Suspicious(this ILogger logger, string complaint);

    [LoggerMessage(35, LogLevel.Warning, "file descriptors are enough for {Most} connections, and the listeners' limits are {Wanted}; LimitNOFILE= or ulimit -n allows more")]
    public static partial void FewDescriptors(this ILogger logger, long most, long wanted);

    [LoggerMessage(36, LogLevel.Warning, "systemd handed over a socket '{Name}' that nobody listens on: `listen` has no systemd:{Name}; who connects there waits in vain")]
    public static partial void SocketUnused(this ILogger logger, string name);
}
