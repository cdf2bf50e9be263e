using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>The profiles of a command: the first is what it does without one.</summary>
internal sealed class SopProfiles
{
    /// <summary>How `encrypt` locks a message with a password. For certificates it is always what their owners read.</summary>
    public static readonly SopProfiles Encrypt = new("encrypt",
        new("default", "passwords as RFC 4880 has them, which all software reads", ["compatibility"]),
        new(Rfc9580, "passwords hardened by Argon2, and AEAD, which GnuPG does not read", ["security", "performance"]));

    /// <summary>The kinds of key that `generate-key` makes.</summary>
    public static readonly SopProfiles GenerateKey = new("generate-key",
        new("default", "version 4 with Ed25519 and Curve25519, which all software reads", ["compatibility"]),
        new(Rfc9580, "version 6 with Ed25519 and X25519, which GnuPG does not read", ["security", "performance"]),
        new(Rfc4880, "version 4 with RSA of 3072 bits, for software from before curves", []));

    /// <summary>What RFC 9580 brought.</summary>
    public const string Rfc9580 = "rfc9580";

    /// <summary>What RFC 4880 had.</summary>
    public const string Rfc4880 = "rfc4880";

    private readonly string command;
    private readonly SopProfile[] profiles;

    private SopProfiles(string command, params SopProfile[] profiles)
    {
        this.command = command;
        this.profiles = profiles;
    }

    /// <summary>A line for each.</summary>
    public IEnumerable<string> Lines => profiles.Select(static profile =>
        $"{profile.Name}: {profile.Description}{(profile.Aliases.Length > 0 ? $" (aliases: {string.Join(", ", profile.Aliases)})" : "")}");

    /// <summary>Its own name, of a name or an alias.</summary>
    /// <exception cref="CommandException">There is no such profile.</exception>
    public string Find(string? name) => name is null
        ? profiles[0].Name
        : Array.Find(profiles, profile => profile.Name == name || profile.Aliases.Contains(name))?.Name
            ?? throw new CommandException(SopExitCode.UnsupportedProfile, $"{command} has no profile '{PrintableText.Of(name)}'");

    private sealed record SopProfile(string Name, string Description, string[] Aliases);
}
