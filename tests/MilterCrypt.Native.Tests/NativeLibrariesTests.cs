using System.Runtime.InteropServices;

namespace MilterCrypt.Native.Tests;

public sealed class NativeLibrariesTests
{
    [Fact]
    public void NothingIsMissingWhereTheTestsRun() => Assert.Empty(NativeLibraries.FindMissing());

    [Fact]
    public void AnAdministratorIsToldWhichPackageToInstall()
    {
        Assert.All(NativeLibraries.Required, library => Assert.True(NativeLibrary.TryLoad(library.FileName, out _)));
        string text = new NativeLibraryRequirement("libnothing.so.9", "libnothing9", "nothing-libs").MissingText;
        Assert.Contains("libnothing.so.9", text, StringComparison.Ordinal);
        Assert.Contains("libnothing9 (Debian", text, StringComparison.Ordinal);
        Assert.Contains("nothing-libs (Fedora", text, StringComparison.Ordinal);
    }
}
