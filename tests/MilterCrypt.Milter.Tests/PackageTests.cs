using System.IO.Compression;
using System.Xml.Linq;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Packages;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Milter.Tests;

/// <summary>The library as those get it who have nothing of this repository.</summary>
public sealed class PackageTests
{
    private const string Library = "MilterCrypt.Milter";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThePackageSaysWhatItIsAndNothingOfTheMachineThatMadeIt()
    {
        using var directory = new TestDirectory();
        var package = new LibraryPackage(Library, directory);
        await package.PackAsync();

        await using ZipArchive content = await package.OpenAsync();
        XElement about = package.Metadata(content);
        string? Value(string name) => about.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
        Assert.Equal(Library, Value("id"));
        Assert.Equal(XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value, Value("version"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Contains("milter protocol", Value("description"), StringComparison.Ordinal);
        Assert.Null(Value("repository"));
        Assert.DoesNotContain(about.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Contains(about.Descendants(), element => element.Attribute("name")?.Value == "Microsoft.AspNetCore.App");

        Assert.Equal(new ReadmeExamples(Library).Readme, LibraryPackage.Text(content, "README.md"));
        Assert.Contains(
            "M:MilterCrypt.Milter.IMailFilter.Begin", LibraryPackage.Text(content, $"lib/net10.0/{Library}.xml"), StringComparison.Ordinal);
        foreach (ZipArchiveEntry entry in content.Entries)
            Assert.DoesNotContain(Repository.Root, LibraryPackage.Text(content, entry.FullName), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProgramElsewhereRestoresItAndRunsTheFirstExample()
    {
        using var directory = new TestDirectory();
        var package = new LibraryPackage(Library, directory);
        await package.PackAsync();
        var (assembly, missing) = await package.BuildProgramAsync(new ReadmeExamples(Library).Shown()["first filter"]);
        if (assembly is null)
            Assert.Skip(missing!);

        string socket = directory.PathOf("stamp.sock");
        await using ChildProcess program = ChildProcess.Start("dotnet", [assembly, $"unix:{socket}"]);
        await program.WaitForTextAsync("Application started");
        await using (MilterClient client = await MilterClient.OpenAsync(new MilterEndpoint.Unix(socket), MtaHabits.Postfix, Ct))
        {
            ClientSessionResult session = await client.RunAsync(new ClientSession(Some.Message), Ct);
            Assert.Contains(session.Messages[0].Header, field => field.Name == "X-Stamp");
        }

        await program.SignalAsync("TERM");
        Assert.Equal(0, await program.WaitAsync());
    }
}
