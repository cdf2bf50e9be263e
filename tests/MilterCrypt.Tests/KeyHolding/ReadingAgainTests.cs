using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Files;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.KeyHolding;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>Secret keys that are read again: those that are held stay until there are others in their place, whatever goes
/// wrong, and whatever a configuration says that is not in force.</summary>
public sealed class ReadingAgainTests : IDisposable
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    private readonly TestDirectory directory = new();
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
    private readonly KeyOwner alice;
    private readonly SecretKeySettings custody;

    public ReadingAgainTests()
    {
        alice = KeyOwner.Make(KeyProfile.Curve25519, null, out byte[] secrets);
        custody = new SecretKeySettings { HeldBy = KeyCustody.Daemon, Directory = Folder("keys") };
        string file = Path.Combine(custody.Directory, "alice.asc");
        File.WriteAllBytes(file, secrets);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
    }

    [Fact]
    public async Task AFailureThatNobodyThoughtOfLeavesTheKeysAndIsSaid()
    {
        var keys = new LocalKeys(SecretKeyOpening.Read(custody, Clock, NullLogger.Instance), Clock, random, static _ => { });
        await using var source = new FileKeySource(keys);
        var log = new Lines();
        SecretKeyOpening.ReadAgain(custody with { Directory = custody.Directory + "\0" }, keys, Clock, log);
        Assert.StartsWith("the secret keys can't be read again, those known so far stay in use: ", Assert.Single(log), StringComparison.Ordinal);
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(source)));
    }

    [Fact]
    public async Task TheyAreReadWithAConfigurationThatIsInForceAndNotWithOneThatIsRefused()
    {
        using var here = new Installation();
        var settings = Assert.IsType<ConfigurationResult.Loaded>(await ConfigurationFile.ReadAsync(here.ConfigurationFile, KeyOwner.Ct)).Settings;
        await using var keys = DaemonKeys.Open(custody, Clock, random, NullLogger.Instance, NullLogger.Instance);
        await using var journal = HandoverJournal.InMemory(new JournalOptions(), Clock, random);
        var builder = new SnapshotBuilder(new SpoolBudget(settings.Spool.Memory, settings.Spool.Disk), Clock, random, keys, journal, NullLogger.Instance);
        var first = await builder.BuildAsync(settings with { SecretKeys = custody }, settings.Store!, null, KeyOwner.Ct);
        await using var _ = first.Keys;
        var elsewhere = custody with { Directory = Folder("empty") };

        File.Move(here.Store, here.PathOf("away.db"));
        await Assert.ThrowsAsync<KeyStoreException>(() => BuildAsync(elsewhere));
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(keys.Source)));

        // Who is to hold keys from the next start on holds none of these now.
        File.Move(here.PathOf("away.db"), here.Store);
        await BuildAsync(elsewhere with { HeldBy = KeyCustody.KeyHolder });
        Assert.True(await alice.VerifiesAsync(await alice.SignAsync(keys.Source)));

        await BuildAsync(elsewhere);
        await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(keys.Source));

        async Task BuildAsync(SecretKeySettings now) => await (
            await builder.BuildAsync(settings with { SecretKeys = now }, settings.Store!, first, KeyOwner.Ct)).Keys.DisposeAsync();
    }

    public void Dispose()
    {
        random.Dispose();
        directory.Dispose();
    }

    private string Folder(string name) =>
        Directory.CreateDirectory(directory.PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    private sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
