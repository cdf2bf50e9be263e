using System.Text.RegularExpressions;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>The peers by name.</summary>
public static partial class Peer
{
    /// <summary>OpenPGP.js's name here.</summary>
    public const string JavaScript = "openpgpjs";

    private const string Trixie = "trixie/";

    /// <summary>All of them; those behind trixie/ run in the Debian 13 that tests/trixie.sh unpacked.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "gpg", "sq", "sqop", "gosop", "rnp", JavaScript,
        Trixie + "gpg", Trixie + "sq", Trixie + "sqop", Trixie + "gosop", Trixie + "rsop", Trixie + "rnp",
    ];

    /// <summary>Finds a peer.</summary>
    public static async Task<PeerFinding> FindAsync(string name)
    {
        if (name == JavaScript)
            return await OpenPgpJs.FindAsync() is { } javaScript ? new PeerFinding.Found(javaScript) : new PeerFinding.Missing(OpenPgpJs.Missing);

        bool isOld = !name.StartsWith(Trixie, StringComparison.Ordinal);
        string program = isOld ? name : name[Trixie.Length..];
        PeerHost host = isOld ? PeerHost.Machine : PeerHost.Trixie;
        if (host.WhyNot(program) is { } reason)
            return new PeerFinding.Missing(reason);

        Version version = await VersionAsync(host, program);
        return new PeerFinding.Found(program switch
        {
            "gpg" => new GnuPg(host, version),
            "sq" when version.Major == 0 => new OldSequoia(host, version),
            "sq" => new Sequoia(host, version),
            "sqop" when version < new Version(0, 37) => new StatelessOpenPgp(StatelessProgram.SqopBeforeRfc9580, host, version),
            "sqop" => new StatelessOpenPgp(StatelessProgram.Sqop, host, version),
            "gosop" when version.Major == 0 => new StatelessOpenPgp(StatelessProgram.GosopBeforeRfc9580, host, version),
            "gosop" => new StatelessOpenPgp(StatelessProgram.Gosop, host, version),
            "rsop" => new StatelessOpenPgp(StatelessProgram.Rsop, host, version),
            "rnp" => new Rnp(host, version),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such peer"),
        });
    }

    // Some say it on standard output, some elsewhere; some know it as an option, some as a command.
    private static async Task<Version> VersionAsync(PeerHost host, string program)
    {
        CommandResult result = await host.RunAsync(program, [program is "gpg" or "rnp" ? "--version" : "version"]);
        if (result.ExitCode != 0)
            result = await host.RunAsync(program, ["--version"]);
        return Version.Parse(VersionNumber().Match(result.OutputText + result.Error).Value);
    }

    [GeneratedRegex(@"\b\d+(\.\d+)+")]
    private static partial Regex VersionNumber();
}
