using System.Runtime.InteropServices;

namespace MilterCrypt.Native;

/// <summary>The system libraries that are used by name.</summary>
public static class NativeLibraries
{
    internal const string LibCrypto = "libcrypto.so.3";
    internal const string LibIdn2 = "libidn2.so.0";
    internal const string LibZ = "libz.so.1";
    internal const string LibArgon2 = "libargon2.so.1";

    // Debian's own programs say libbz2.so.1.0, Fedora's libbz2.so.1; both have the latter.
    internal const string LibBz2 = "libbz2.so.1";

    /// <summary>Those that this program cannot run without.</summary>
    public static IReadOnlyList<NativeLibraryRequirement> Required { get; } =
    [
        new(LibCrypto, "libssl3t64 or libssl3", "openssl-libs"),
        new(LibIdn2, "libidn2-0", "libidn2"),
    ];

    /// <summary>Opens messages that were deflated.</summary>
    public static NativeLibraryRequirement Zlib { get; } = new(LibZ, "zlib1g", "zlib-ng-compat or zlib");

    /// <summary>Opens messages that were compressed with bzip2.</summary>
    public static NativeLibraryRequirement Bzip2 { get; } = new(LibBz2, "libbz2-1.0", "bzip2-libs");

    /// <summary>Opens what is locked with a passphrase by Argon2.</summary>
    public static NativeLibraryRequirement Argon2 { get; } = new(LibArgon2, "libargon2-1", "libargon2");

    /// <summary>Those of <see cref="Required"/> that this machine lacks: asked once at start, because a missing library would
    /// else show only when the first message needs it, as a <see cref="DllNotFoundException"/> that names no package.</summary>
    public static IReadOnlyList<NativeLibraryRequirement> FindMissing() =>
        [.. Required.Where(library => !NativeLibrary.TryLoad(library.FileName, out _))];
}
