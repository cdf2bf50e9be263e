using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using MilterCrypt.Configuration;
using MilterCrypt.Daemon;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>A reload that fails leaves nothing behind.</summary>
public sealed class SnapshotBuilderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIsRefusedForAKeyOfTheHopsLeavesNoKeyStoreOpen()
    {
        using var here = new Installation();
        var settings = Assert.IsType<ConfigurationResult.Loaded>(await ConfigurationFile.ReadAsync(here.ConfigurationFile, Token)).Settings;
        using var random = RandomNumberGenerator.Create();
        await using var journal = HandoverJournal.InMemory(new JournalOptions(), TimeProvider.System, random);
        var builder = new SnapshotBuilder(new SpoolBudget(1 << 20, 1 << 20), TimeProvider.System, random, secretKeys: null, journal, NullLogger.Instance);
        var first = await builder.BuildAsync(settings, settings.Store!, null, Token);
        int open = OpenStores(here);
        Assert.NotEqual(0, open);

        var refused = settings with { HopKeys = [new SecretSource.File(here.PathOf("no-such.key"))] };
        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAsync<SecretKeyException>(() => builder.BuildAsync(refused, settings.Store!, first, Token));
        Assert.Equal(open, OpenStores(here));
        await first.Keys.DisposeAsync();
        Assert.Equal(0, OpenStores(here));
    }

    private static int OpenStores(Installation here) => Directory.GetFiles("/proc/self/fd").Count(file => File.ResolveLinkTarget(file, false)?.FullName == here.Store);
}
