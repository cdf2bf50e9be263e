using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.Packaging;

/// <summary>The units in packaging/systemd, as systemd's own programs see them.</summary>
public sealed class SystemdUnitTests
{
    private static readonly string[] Names = ["miltercrypt.service", "miltercrypt-keyholder.service", "miltercrypt-release.service", "miltercrypt-release.timer"];

    private static string Folder { get; } = TestSupport.Repository.PathOf("packaging/systemd");

    public static TheoryData<string> Units => [.. Names];

    [Theory]
    [MemberData(nameof(Units))]
    public async Task SystemdFindsNothingWrongWithAUnit(string unit)
    {
        Assert.SkipUnless(Command.Exists("systemd-analyze"), "There is no systemd-analyze (Debian's package systemd).");
        using var directory = new TestDirectory();
        // Where the program is installed is no fault of the unit's.
        string text = (await File.ReadAllTextAsync(Path.Combine(Folder, unit), TestContext.Current.CancellationToken))
            .Replace("/usr/sbin/miltercrypt", "/bin/true", StringComparison.Ordinal);
        string file = directory.Write(unit, text);
        // A timer is nothing without what it starts.
        if (unit.EndsWith(".timer", StringComparison.Ordinal))
            directory.Write(Path.ChangeExtension(unit, ".service"), "[Service]\nType=oneshot\nExecStart=/bin/true\n");
        var result = await Command.RunAsync(
            "systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", file], ct: TestContext.Current.CancellationToken);
        Assert.Equal("", string.Join('\n', result.Error.Split('\n').Where(line => line.Contains(unit, StringComparison.Ordinal))));
        Assert.Equal(0, result.ExitCode);
    }

    // Who took the filter over could ask so often that journald drops lines, and with them those of the keys that matter.
    [Fact]
    public async Task JournaldDropsNoLineOfTheKeyHoldersAudit() => Assert.Contains(
        "LogRateLimitIntervalSec=0", await File.ReadAllLinesAsync(Path.Combine(Folder, "miltercrypt-keyholder.service"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task TheUsersOfTheUnitsAreThoseThatAreMade()
    {
        Assert.SkipUnless(Command.Exists("systemd-sysusers"), "There is no systemd-sysusers (Debian's package systemd).");
        using var root = new TestDirectory();
        var result = await Command.RunAsync(
            "systemd-sysusers", [$"--root={root.Root}", "--dry-run", Path.Combine(Folder, "miltercrypt.sysusers.conf")], ct: TestContext.Current.CancellationToken);
        Assert.Equal(0, result.ExitCode);
        foreach (string unit in Names)
        {
            foreach (string line in await File.ReadAllLinesAsync(Path.Combine(Folder, unit), TestContext.Current.CancellationToken))
            {
                if (line.StartsWith("User=", StringComparison.Ordinal))
                    Assert.Contains($"Creating user '{line["User=".Length..]}'", result.Error + result.OutputText, StringComparison.Ordinal);
            }
        }
    }
}
