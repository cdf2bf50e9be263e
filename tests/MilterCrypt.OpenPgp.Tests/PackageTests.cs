using System.IO.Compression;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Packages;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests;

/// <summary>The library as those get it who have nothing of this repository.</summary>
public sealed class PackageTests
{
    private const string Library = "MilterCrypt.OpenPgp";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AProgramElsewhereRestoresThePackageAndEncryptsInFiveLines()
    {
        using var directory = new TestDirectory();
        var package = new LibraryPackage(Library, directory);
        await package.PackAsync();
        await package.PackAsync("MilterCrypt.Native");
        await using (ZipArchive content = await package.OpenAsync())
        {
            Assert.Equal(new ReadmeExamples(Library).Readme, LibraryPackage.Text(content, "README.md"));
            Assert.Equal(
                ["MilterCrypt.Native"],
                package.Metadata(content).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value));
        }

        string program = new ReadmeExamples(Library).Shown()["encrypt"];
        Assert.InRange(program.Split('\n').Count(line => line.Length > 0 && !line.StartsWith("using ", StringComparison.Ordinal)), 1, 5);
        var (assembly, missing) = await package.BuildProgramAsync(program);
        if (assembly is null)
            Assert.Skip(missing!);

        await using var bob = await Correspondent.AppearAsync("bob@example.org", "future-default");
        await File.WriteAllBytesAsync(directory.PathOf("bob.asc"), bob.PublicKey, Token);
        await File.WriteAllTextAsync(directory.PathOf("letter"), "Dear Bob", Token);
        (await Command.RunAsync("dotnet", [assembly, directory.PathOf("bob.asc"), directory.PathOf("letter")], ct: Token)).OrThrow();

        byte[] opened = await bob.OpenAsync(await File.ReadAllBytesAsync(directory.PathOf("letter.asc"), Token));
        Assert.Equal("Dear Bob"u8, opened);
    }
}
