using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>Where a peer's programs run: this machine, or the Debian 13 that tests/trixie.sh unpacked, entered by chroot.</summary>
public sealed class PeerHost
{
    private static readonly string[] Programs = ["/usr/bin", "/bin"];

    private readonly string? root;

    private PeerHost(string? root) => this.root = root;

    public static PeerHost Machine { get; } = new(null);

    public static PeerHost Trixie { get; } = new(Repository.PathOf("artifacts/trixie"));

    /// <summary>Why it has nothing of a program; null where it has it.</summary>
    public string? WhyNot(string program)
    {
        if (root is null)
            return Command.Exists(program) ? null : $"{program} is not installed";
        if (!Directory.Exists(root))
        {
            string reason = Repository.PathOf("artifacts/trixie-missing");
            return $"no Debian 13 to run it in: {(File.Exists(reason) ? File.ReadAllText(reason).Trim() : "tests/trixie.sh makes one")}";
        }

        if (!Environment.IsPrivilegedProcess)
            return "only root can enter the Debian 13 that it is in";
        return Programs.Any(folder => File.Exists($"{root}{folder}/{program}")) ? null : $"its Debian 13 lacks {program}";
    }

    /// <summary>A folder of this host's, removed when it is disposed.</summary>
    public PeerFolder NewFolder() => new(this, root is null ? new TestDirectory() : new TestDirectory($"{root}/tmp"));

    /// <summary>Runs a program that reads no files but those that were written with <see cref="PeerFolder.Write"/>.</summary>
    public Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, byte[]? input = null) => root is null
        ? Command.RunAsync(program, arguments, input)
        : Command.RunAsync("chroot", [root, program, .. arguments], input);

    /// <summary>A path as the programs here know it.</summary>
    internal string PathSeenInside(string path) => root is null ? path : path[root.Length..];
}
