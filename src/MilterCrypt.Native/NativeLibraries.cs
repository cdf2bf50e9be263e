using System.Runtime.InteropServices;

namespace MilterCrypt.Native;

/// <summary>A system library that is used by name, and where an administrator finds it.</summary>
/// <param name="FileName">The name that the loader looks for.</param>
/// <param name="DebianPackage">The package on Debian and Ubuntu.</param>
/// <param name="FedoraPackage">The package on Fedora and its enterprise relatives.</param>
public sealed record NativeLibraryRequirement(string FileName, string DebianPackage, string FedoraPackage)
{
    /// <summary>One sentence for the administrator of a machine without it.</summary>
    public string MissingText =>
        $"{FileName} is not installed; it is in the package {DebianPackage} (Debian, Ubuntu) or {FedoraPackage} (Fedora, RHEL).";
}

/// <summary>The system libraries that this program cannot run without.</summary>
public static class NativeLibraries
{
    internal const string LibCrypto = "libcrypto.so.3";
    internal const string LibIdn2 = "libidn2.so.0";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<NativeLibraryRequirement> Required { get; } =
    [
        new(LibCrypto, "libssl3t64 or libssl3", "openssl-libs"),
        new(LibIdn2, "libidn2-0", "libidn2"),
    ];

    /// <summary>Those that this machine lacks: asked once at start, because a missing library would else show only
    /// when the first message needs it, as a <see cref="DllNotFoundException"/> that names no package.</summary>
    public static IReadOnlyList<NativeLibraryRequirement> FindMissing() =>
        [.. Required.Where(library => !NativeLibrary.TryLoad(library.FileName, out _))];
}
