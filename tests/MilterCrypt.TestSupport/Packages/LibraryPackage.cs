using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Packages;

/// <summary>A library as those get it who have nothing of this repository: a package, and a program elsewhere that uses it.</summary>
/// <param name="library">Its name, such as MilterCrypt.Milter.</param>
/// <param name="directory">Where packages go, and the program.</param>
public sealed class LibraryPackage(string library, TestDirectory directory)
{
    // Nothing is left running behind a test.
    private const string NoServers = "-nodeReuse:false";

    /// <summary>Packs a library; this one, or one that it needs. What the tests were built with is packed as it is: packing is
    /// not worth another build.</summary>
    public async Task PackAsync(string? other = null)
    {
        string[] pack = ["pack", Repository.PathOf($"src/{other ?? library}"), "--no-build", "-c", "Debug", "--nologo", "-o", directory.Root, NoServers];
        (await Command.RunAsync("dotnet", pack)).OrThrow();
    }

    /// <summary>Opens the package.</summary>
    public Task<ZipArchive> OpenAsync() =>
        ZipFile.OpenReadAsync(Directory.GetFiles(directory.Root, $"{library}.*.nupkg").Single());

    /// <summary>What the package says of itself.</summary>
    public XElement Metadata(ZipArchive package) => XDocument.Parse(Text(package, $"{library}.nuspec")).Root!.Elements().Single();

    /// <summary>A file in a package.</summary>
    public static string Text(ZipArchive package, string name)
    {
        using var reader = new StreamReader(package.GetEntry(name)!.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Builds a program that has the package and nothing else.</summary>
    /// <param name="source">Its one file.</param>
    /// <returns>Its assembly; or null, and why this SDK can't restore here.</returns>
    public async Task<(string? Assembly, string? Missing)> BuildProgramAsync(string source)
    {
        directory.Write("nuget.config", $"""
            <configuration><packageSources><clear /><add key="here" value="{directory.Root}" /></packageSources></configuration>
            """);
        directory.Write("Elsewhere.csproj", $"""
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
              <ItemGroup><PackageReference Include="{library}" Version="*" /></ItemGroup>
            </Project>
            """);
        directory.Write("Program.cs", source);
        string project = directory.PathOf("Elsewhere.csproj");
        CommandResult restored = await Command.RunAsync("dotnet", ["restore", project, NoServers]);
        if (restored.ExitCode != 0)
            return (null, $"this SDK can't restore without the network: {restored.OutputText}{restored.Error}");

        string[] build = ["build", project, "--no-restore", "--nologo", "-o", directory.PathOf("out"), NoServers, "-p:UseSharedCompilation=false"];
        (await Command.RunAsync("dotnet", build)).OrThrow();
        return (directory.PathOf("out/Elsewhere.dll"), null);
    }
}
