using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Milter.Tests;

/// <summary>The library as those get it who have nothing of this repository.</summary>
public sealed class PackageTests
{
    // Nothing is left running behind a test.
    private const string NoServers = "-nodeReuse:false";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThePackageSaysWhatItIsAndNothingOfTheMachineThatMadeIt()
    {
        using var directory = new TestDirectory();
        string package = await PackAsync(directory);

        await using ZipArchive content = await ZipFile.OpenReadAsync(package, Ct);
        XElement about = XDocument.Parse(Text(content, "MilterCrypt.Milter.nuspec")).Root!.Elements().Single();
        string? Value(string name) => about.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
        Assert.Equal("MilterCrypt.Milter", Value("id"));
        Assert.Equal(XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value, Value("version"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Contains("milter protocol", Value("description"), StringComparison.Ordinal);
        Assert.Null(Value("repository"));
        Assert.DoesNotContain(about.Descendants(), element => element.Name.LocalName == "dependency");
        Assert.Contains(about.Descendants(), element => element.Attribute("name")?.Value == "Microsoft.AspNetCore.App");

        Assert.Equal(ReadmeExamples.Readme, Text(content, "README.md"));
        Assert.Contains("M:MilterCrypt.Milter.IMailFilter.Begin", Text(content, "lib/net10.0/MilterCrypt.Milter.xml"), StringComparison.Ordinal);
        foreach (ZipArchiveEntry entry in content.Entries)
            Assert.DoesNotContain(Repository.Root, Text(content, entry.FullName), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProgramElsewhereRestoresItAndRunsTheFirstExample()
    {
        using var directory = new TestDirectory();
        await PackAsync(directory);
        directory.Write("nuget.config", $"""
            <configuration><packageSources><clear /><add key="here" value="{directory.Root}" /></packageSources></configuration>
            """);
        directory.Write("Stamp.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
                <RestorePackagesPath>{directory.PathOf("packages")}</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="MilterCrypt.Milter" Version="*" /></ItemGroup>
            </Project>
            """);
        directory.Write("Program.cs", ReadmeExamples.Shown()["first filter"]);
        string project = directory.PathOf("Stamp.csproj");
        CommandResult restored = await Command.RunAsync("dotnet", ["restore", project, NoServers], ct: Ct);
        if (restored.ExitCode != 0)
            Assert.Skip($"this SDK can't restore without the network: {restored.OutputText}{restored.Error}");

        string[] build = ["build", project, "--no-restore", "--nologo", "-o", directory.PathOf("out"), NoServers, "-p:UseSharedCompilation=false"];
        (await Command.RunAsync("dotnet", build, ct: Ct)).OrThrow();
        string socket = directory.PathOf("stamp.sock");
        await using ChildProcess program = ChildProcess.Start("dotnet", [directory.PathOf("out/Stamp.dll"), $"unix:{socket}"]);
        await program.WaitForTextAsync("Application started");
        await using (MilterClient client = await MilterClient.OpenAsync(new MilterEndpoint.Unix(socket), MtaHabits.Postfix, Ct))
        {
            ClientSessionResult session = await client.RunAsync(new ClientSession(Some.Message), Ct);
            Assert.Contains(session.Messages[0].Header, field => field.Name == "X-Stamp");
        }

        await program.SignalAsync("TERM");
        Assert.Equal(0, await program.WaitAsync());
    }

    // What the tests were built with is packed as it is: packing is not worth another build.
    private static async Task<string> PackAsync(TestDirectory directory)
    {
        string[] pack = ["pack", Repository.PathOf("src/MilterCrypt.Milter"), "--no-build", "-c", "Debug", "--nologo", "-o", directory.Root, NoServers];
        (await Command.RunAsync("dotnet", pack, ct: Ct)).OrThrow();
        return Assert.Single(Directory.GetFiles(directory.Root, "*.nupkg"));
    }

    private static string Text(ZipArchive content, string name)
    {
        using var reader = new StreamReader(content.GetEntry(name)!.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
