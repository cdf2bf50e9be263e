using System.Text;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Certificates;

/// <summary>Somebody who keeps a key with gpg, and changes it over time.</summary>
public sealed class GnuPgOwner : IAsyncDisposable
{
    private readonly TestDirectory _home = new();

    private GnuPgOwner() => File.SetUnixFileMode(_home.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public string Fingerprint { get; private set; } = "";

    public static void SkipWithoutGpg() => Assert.SkipUnless(Command.Exists("gpg"), "gpg is not installed");

    /// <param name="made">As in 20240101T000000.</param>
    public static async Task<GnuPgOwner> AppearAsync(string userId, string primary, string expires = "never", string? made = null)
    {
        var owner = new GnuPgOwner();
        await GnuPgAgent.StartAsync(owner._home.Root);
        string[] then = made is null ? [] : ["--faked-system-time", made];
        await owner.GpgAsync([.. then, "--quick-generate-key", userId, primary, "sign", expires]);
        string listing = (await owner.GpgAsync(["--with-colons", "--list-keys"])).OutputText;
        owner.Fingerprint = listing.Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        return owner;
    }

    public async Task<CommandResult> GpgAsync(string[] arguments, string input = "") => (await Command.RunAsync(
        "gpg",
        ["--homedir", _home.Root, "--batch", "--no-tty", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", "", .. arguments],
        Encoding.ASCII.GetBytes(input))).OrThrow();

    /// <param name="reason">gpg's number: 0 none, 1 compromised, 2 superseded, 3 not used.</param>
    public async Task RevokeAsync(int reason)
    {
        var revocation = await Command.RunAsync(
            "gpg",
            ["--homedir", _home.Root, "--no-tty", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", "--command-fd", "0", "--gen-revoke", Fingerprint],
            Encoding.ASCII.GetBytes($"y\n{reason}\n\ny\n"));
        await GpgAsync(["--import"], revocation.OrThrow().OutputText);
    }

    public async Task<Certificate> ExportAsync() => ForgedCertificate.ReadOnly((await GpgAsync(["--armor", "--export"])).Output);

    public async Task<string> VerdictAsync(DateTimeOffset time, string address = "bob@example.org") =>
        ForgedCertificate.Verdict((await ExportAsync()).At(time, AlgorithmPolicy.Default), address);

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("gpgconf", ["--homedir", _home.Root, "--kill", "all"]);
        _home.Dispose();
    }
}
