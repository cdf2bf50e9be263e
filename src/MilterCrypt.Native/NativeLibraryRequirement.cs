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
