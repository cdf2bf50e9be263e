using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Custody.Holder;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Native.LibC;
using MilterCrypt.Telemetry;

namespace MilterCrypt.KeyHolding;

/// <summary>The key holder: reads the keys, answers its peers until it is told to stop.</summary>
internal static class KeyHolder
{
    /// <summary>Runs until SIGTERM or SIGINT; SIGHUP reads the keys again.</summary>
    /// <param name="order">What to run.</param>
    /// <param name="output">The log.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SecretKeyException">The keys can't be read.</exception>
    /// <exception cref="MilterListenException">The socket can't be had.</exception>
    public static async Task RunAsync(KeyHolderOrder order, LogOutput output, CancellationToken cancellationToken)
    {
        KestrelMilterExtensions.PreferInlineCompletions();
        var clock = TimeProvider.System;
        var logger = output.Factory.CreateLogger("miltercrypt");
        Hardening.Guard(logger);
        var manager = new ServiceManager(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), logger);
        using var random = RandomNumberGenerator.Create();
        var ring = SecretKeyOpening.Read(order.Settings, clock, logger);
        using var keys = new LocalKeys(ring, clock, random, KeyAudit.To(output.Audit));
        var server = new KeyHolderServer(keys, new KeyHolderOptions { Peers = order.Peers }, clock, logger.HolderWarns);

        // A second signal while one is served is one signal.
        var hangups = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            hangups.Writer.TryWrite(true);
        });
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

        using var listener = await MilterListenSocket.OpenAsync(
            new MilterEndpoint.Unix(order.Settings.Socket), new MilterSocketOptions(), cancellationToken);
        GiveToPeers(order, logger);
        logger.Holding(
            ProgramVersion.Text, ring.Count, order.Settings.Directory, string.Join(", ", order.Peers.Select(FileIdentity.UserName)), listener.ToString());
        manager.Ready(Status(ring.Count));

        var reloading = ReloadAsync();
        await server.RunAsync(listener.Socket, stop.Token);
        hangups.Writer.Complete();
        await reloading;
        logger.Stopped();

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (stop.IsCancellationRequested)
                return;
            logger.Stopping();
            manager.Stopping();
            stop.Cancel();
        }

        async Task ReloadAsync()
        {
            await foreach (bool _ in hangups.Reader.ReadAllAsync(CancellationToken.None))
            {
                manager.Reloading();
                SecretKeyOpening.ReadAgain(order.Settings, keys, clock, logger);
                server.Announce();
                manager.Ready(Status(keys.Count));
            }
        }
    }

    private static string Status(int keys) => $"holding {keys} secret keys";

    // Whoever may not connect could not even be turned away; the socket has one group, so it is the first peer's.
    private static void GiveToPeers(KeyHolderOrder order, ILogger logger)
    {
        uint first = order.Peers.FirstOrDefault(static user => user != 0 && user != FileIdentity.CurrentUser);
        if (first == 0)
            return;
        string name = FileIdentity.UserName(first);
        if (SystemUser.Find(name) is not { } user)
            logger.SocketGroup(name, "this machine knows no such user");
        else if (FileRights.Of(order.Settings.Socket)?.Group != user.Groups[0] && FileRights.GiveToGroup(order.Settings.Socket, user.Groups[0]) is { } reason)
            logger.SocketGroup(name, reason);
    }
}
