using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MilterCrypt.Configuration;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Custody.GpgAgent;
using MilterCrypt.Engine.Custody.Holder;

namespace MilterCrypt.KeyHolding;

/// <summary>Whom the daemon asks for signatures and session keys, as the settings say. Owned by the daemon for its whole life; the
/// keys that it holds itself are read again with its configuration.</summary>
internal sealed class DaemonKeys : IAsyncDisposable
{
    // A smartcard takes its time.
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(30);

    private readonly LocalKeys? own;
    private readonly TimeProvider clock;
    private readonly ILogger logger;

    private DaemonKeys(ISecretKeySource source, LocalKeys? own, TimeProvider clock, ILogger logger)
    {
        Source = source;
        this.own = own;
        this.clock = clock;
        this.logger = logger;
    }

    /// <summary>Who is asked.</summary>
    public ISecretKeySource Source { get; }

    /// <summary>Opens it. A key holder that is not there yet is found when it is first asked.</summary>
    /// <param name="settings">Who has the keys.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="random">Makes session keys for failures.</param>
    /// <param name="logger">Is told of keys that are not used.</param>
    /// <param name="audit">Has a line for each use of a key that the daemon holds itself, or gpg-agent does.</param>
    /// <returns>The caller's to dispose.</returns>
    /// <exception cref="SecretKeyException">The daemon is to hold the keys, and they can't be read.</exception>
    public static DaemonKeys Open(SecretKeySettings settings, TimeProvider clock, RandomNumberGenerator random, ILogger logger, ILogger audit)
    {
        switch (settings.HeldBy)
        {
            case KeyCustody.KeyHolder:
                return new DaemonKeys(new KeyHolderClient(settings.Socket, new KeyHolderClientOptions(), clock), null, clock, logger);
            case KeyCustody.Daemon:
                var keys = new LocalKeys(SecretKeyOpening.Read(settings, clock, logger), clock, random, KeyAudit.To(audit));
                return new DaemonKeys(new FileKeySource(keys), keys, clock, logger);
            case KeyCustody.GpgAgent:
                var agent = new GpgAgentSource(settings.Socket, AgentPatience, clock, random, KeyAudit.To(audit));
                return new DaemonKeys(agent, null, clock, logger);
            case var other:
                throw new InvalidOperationException($"No source for {other}.");
        }
    }

    /// <summary>Reads the keys again that the daemon holds itself; with others, or where others are to hold them from the next
    /// start on, there is nothing to do.</summary>
    public void Reload(SecretKeySettings settings)
    {
        if (own is not null && settings.HeldBy == KeyCustody.Daemon)
            SecretKeyOpening.ReadAgain(settings, own, clock, logger);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
