using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.KeyHolding;
using MilterCrypt.Native.Memory;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Held;

/// <summary>What it takes to decide about held messages, and to release them: the configuration, the keys, the same processor as the
/// daemon's. Owned by its command.</summary>
internal sealed class HeldWorkshop : IAsyncDisposable
{
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
    private readonly ClearedBufferPool buffers = new();
    private readonly LogOutput output;
    private readonly DaemonKeys? secretKeys;
    private readonly SpoolBudget budget;
    private readonly KeyDirectory keys;
    private readonly Settings settings;

    private HeldWorkshop(Settings settings, string file, KeyDirectory keys)
    {
        this.settings = settings;
        this.keys = keys;
        budget = new SpoolBudget(settings.Spool.Memory, settings.Spool.Disk);
        Folder = HeldPlace.Folder(settings, file, random);
        output = new LogOutput(settings.Log, forJournal: false);
        secretKeys = settings.SecretKeys is { } custody
            ? DaemonKeys.Open(custody, TimeProvider.System, random, NullLogger.Instance, output.Audit)
            : null;
    }

    /// <summary>Where messages are held.</summary>
    public HeldFolder Folder { get; }

    /// <summary>Opens it.</summary>
    /// <exception cref="CommandException">The configuration lacks something.</exception>
    public static async Task<HeldWorkshop> OpenAsync(string file, CancellationToken cancellationToken)
    {
        ConfigurationLoading.RequireNativeLibraries();
        var settings = await ConfigurationLoading.LoadAsync(file, cancellationToken);
        await using var store = await ConfigurationLoading.OpenStoreAsync(file, create: false, cancellationToken);
        var directory = new KeyDirectory(AlgorithmPolicy.Default);
        await directory.UpdateAsync(store, cancellationToken);
        return new HeldWorkshop(settings, file, directory);
    }

    /// <summary>What releases messages.</summary>
    /// <exception cref="CommandException">The configuration does not say where to, or who opens them.</exception>
    public HeldRelease Release(string file)
    {
        if (settings.Reinject is null)
            throw new CommandException(ExitCode.Configuration, $"{file}: there is no `reinject`, such as `reinject: smtp://127.0.0.1:10026`: to where messages are released");
        if (secretKeys is null)
            throw new CommandException(ExitCode.Configuration, $"{file}: there is no `secret-keys`: who opens what is held");
        // What waited for a key all the time is not for a time in which none is needed.
        if (settings.EmergencyBypass is { IsOver: false })
            throw new CommandException(ExitCode.TryAgain, $"{file}: while emergency-bypass lasts, what is held would leave in clear: release it afterwards");
        return Make(new HeldOpener(
            secretKeys.Source, CertificateOf, new SpoolOptions(settings.Spool.Directory, settings.Spool.MessageMemory), budget, buffers, TimeProvider.System, random));
    }

    /// <summary>What tells which messages could go, without opening any.</summary>
    public HeldRelease Forecast() => Make(null);

    /// <summary>What brings messages to the mail server; null where the configuration does not say where that is.</summary>
    public SmtpInjector? Injector => ProcessorMeans.Injector(settings, TimeProvider.System);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (secretKeys is not null)
            await secretKeys.DisposeAsync();
        output.Dispose();
        buffers.Dispose();
        random.Dispose();
    }

    private HeldRelease Make(HeldOpener? opener)
    {
        var own = secretKeys is null ? null : new OwnKeys(secretKeys.Source, keys.CertificateOf, keys.CertificatesWith, settings.Signers);
        return new HeldRelease(
            Folder, opener, split => new ProcessorMeans(keys.Find, budget, TimeProvider.System, random) { OwnKeys = own, Split = split }.For(settings),
            Injector, settings.Reinject?.BccCopies ?? 0, TimeProvider.System, random);
    }

    private Certificate? CertificateOf(Fingerprint fingerprint) =>
        keys.Certificates.FirstOrDefault(stored => stored.Fingerprint.Equals(fingerprint)) is { } stored ? StoredPackets.TryRead(stored) : null;
}
