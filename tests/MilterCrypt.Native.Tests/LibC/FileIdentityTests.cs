using MilterCrypt.Native.LibC;

namespace MilterCrypt.Native.Tests.LibC;

/// <summary>Which file it is: the one that was opened, or the one at a path by now.</summary>
public sealed class FileIdentityTests
{
    [Fact]
    public void AnOpenFileStaysWhatItIsWhenAnotherIsPutInItsPlace()
    {
        string folder = Directory.CreateTempSubdirectory().FullName, path = Path.Combine(folder, "file"), other = Path.Combine(folder, "other");
        try
        {
            File.WriteAllText(path, "one");
            File.WriteAllText(other, "two");
            using var opened = File.OpenHandle(path);
            var before = FileIdentity.Of(path);
            Assert.NotNull(before);
            Assert.Equal(FileIdentity.CurrentUser, before.Owner);
            Assert.Equal(before, FileIdentity.Of(opened));

            File.Move(other, path, overwrite: true);
            Assert.NotEqual(before, FileIdentity.Of(path));
            Assert.Equal(before, FileIdentity.Of(opened));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
