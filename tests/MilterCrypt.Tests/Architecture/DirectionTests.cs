using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MilterCrypt.Tests.Architecture;

/// <summary>Which room has a door to which: the tables of docs/architecture.md, held against the code.</summary>
public sealed class DirectionTests
{
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["MilterCrypt"] = ["MilterCrypt.Engine", "MilterCrypt.Milter"],
        ["MilterCrypt.Milter"] = [],
        ["MilterCrypt.Engine"] = ["MilterCrypt.Cms", "MilterCrypt.Native", "MilterCrypt.OpenPgp"],
        ["MilterCrypt.OpenPgp"] = ["MilterCrypt.Native"],
        ["MilterCrypt.Cms"] = ["MilterCrypt.Native"],
        ["MilterCrypt.Native"] = [],
    };

    // A project's folders, and which of them each may see. The engine's root is where its folders meet: it may see all of
    // them, none of them sees it. The libraries' roots are what their users see first, so their folders know them.
    private static readonly Dictionary<string, Dictionary<string, string[]>> Folders = new()
    {
        ["MilterCrypt.Engine"] = new()
        {
            ["Mail"] = [],
            ["Policy"] = ["Mail", "Keys"],
            ["Keys"] = ["Mail", "Storage"],
            ["Custody"] = [],
            ["Journal"] = ["Mail", "Storage"],
            ["Storage"] = [],
            ["Hops"] = ["Mail", "Custody"],
            ["OpenPgpMime"] = ["Mail"],
            ["Deciding"] = ["Mail", "Policy", "Keys", "Custody", "OpenPgpMime"],
            ["Holding"] = ["Mail", "Journal", "Custody"],
            ["Bodies"] = ["Mail", "Deciding", "Custody", "OpenPgpMime", "Hops", "Holding"],
            ["Injection"] = ["Mail"],
            ["Splitting"] = ["Mail", "Deciding", "Bodies", "Injection", "Journal", "Holding"],
        },
        ["MilterCrypt.OpenPgp"] = new()
        {
            ["Packets"] = [],
            ["Armor"] = [],
            ["Ciphers"] = ["Packets"],
            ["Compression"] = ["Packets"],
            ["Secrets"] = ["Ciphers", "Packets"],
            ["SessionKeys"] = ["Secrets", "Ciphers", "Packets"],
            ["Signatures"] = ["Secrets", "Packets"],
            ["Certificates"] = ["Signatures", "Secrets", "Armor", "Packets"],
            ["Messages"] = ["Certificates", "Signatures", "SessionKeys", "Secrets", "Compression", "Ciphers", "Armor", "Packets"],
        },
        ["MilterCrypt.Milter"] = new()
        {
            ["Wire"] = [],
            ["Listening"] = [],
            ["Session"] = ["Wire"],
            ["Client"] = ["Wire", "Listening"],
        },
    };

    // What each project may know of the world outside, where that is a rule: the Milter library is Kestrel's neighbour
    // alone, OpenPGP knows nothing of mail or hosts.
    private static readonly Dictionary<string, string[]> ForbiddenNamespaces = new()
    {
        ["MilterCrypt.Milter"] = ["MilterCrypt.Engine", "MilterCrypt.OpenPgp", "MilterCrypt.Native", "Serilog"],
        ["MilterCrypt.Engine"] = ["MilterCrypt.Milter", "Microsoft.AspNetCore", "Serilog", "YamlDotNet", "System.CommandLine"],
        ["MilterCrypt.OpenPgp"] = ["MilterCrypt.Engine", "MilterCrypt.Milter", "Microsoft"],
        ["MilterCrypt.Cms"] = ["MilterCrypt.Engine", "MilterCrypt.Milter", "MilterCrypt.OpenPgp", "Microsoft"],
        ["MilterCrypt.Native"] = ["MilterCrypt.OpenPgp", "MilterCrypt.Engine", "MilterCrypt.Milter"],
    };

    [Fact]
    public void EachProjectReferencesJustTheProjectsThatTheTableAllows()
    {
        var actual = Directory.GetDirectories(Path.Combine(Repository.Root, "src")).ToDictionary(
            folder => Path.GetFileName(folder),
            folder => XDocument.Load(Path.Combine(folder, Path.GetFileName(folder) + ".csproj"))
                .Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
                .Order(StringComparer.Ordinal)
                .ToArray());

        Assert.Equal(Projects.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (project, references) in actual)
            Assert.True(Projects[project].SequenceEqual(references), $"{project} references {string.Join(", ", references)}.");
    }

    [Theory]
    [InlineData("MilterCrypt.Engine")]
    [InlineData("MilterCrypt.Milter")]
    [InlineData("MilterCrypt.OpenPgp")]
    public void EachFolderLooksOnlyWhereTheTableAllows(string project)
    {
        var folders = Folders[project];
        string source = Path.Combine(Repository.Root, "src", project);
        Assert.Equal(
            folders.Keys.Order(StringComparer.Ordinal),
            Directory.GetDirectories(source).Select(folder => Path.GetFileName(folder)!).Where(name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal));

        var named = new Regex($@"{Regex.Escape(project)}\.({string.Join('|', folders.Keys)})\b");
        var wrong = from folder in folders.Keys
                    from file in Directory.EnumerateFiles(Path.Combine(source, folder), "*.cs", SearchOption.AllDirectories)
                    from seen in named.Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)
                    where seen != folder && !folders[folder].Contains(seen)
                    select $"{Path.GetRelativePath(source, file)} sees {seen}";
        Assert.Empty(wrong.Distinct());
    }

    [Fact]
    public void NoFolderOfTheEngineSeesTheRootThatJoinsThem()
    {
        string engine = Path.Combine(Repository.Root, "src", "MilterCrypt.Engine");
        var rootTypes = Directory.EnumerateFiles(engine, "*.cs").Select(file => Path.GetFileNameWithoutExtension(file));
        var anyRootType = new Regex($@"\b({string.Join('|', rootTypes)})\b");

        var wrong = from folder in Folders["MilterCrypt.Engine"].Keys
                    from file in Directory.EnumerateFiles(Path.Combine(engine, folder), "*.cs", SearchOption.AllDirectories)
                    from line in File.ReadLines(file)
                    where !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && anyRootType.IsMatch(line)
                    select $"{Path.GetRelativePath(engine, file)}: {line.Trim()}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void NoProjectNamesWhatItMustNotKnow()
    {
        var wrong = from project in ForbiddenNamespaces.Keys
                    from file in SourceFiles(project)
                    let text = File.ReadAllText(file)
                    from forbidden in ForbiddenNamespaces[project]
                    where Regex.IsMatch(text, $@"\busing (static )?{Regex.Escape(forbidden)}\b(?!\.Data\.Sqlite|\.Win32\.SafeHandles)")
                    select $"{Path.GetRelativePath(Repository.Root, file)} names {forbidden}";
        Assert.Empty(wrong);
    }

    // The Milter library is a package that sees Kestrel alone, so its socket files' libc calls are its own.
    [Fact]
    public void OnlyTheNativeProjectImportsNativeCode()
    {
        var wrong = from project in Projects.Keys
                    where project != "MilterCrypt.Native"
                    from file in SourceFiles(project)
                    where File.ReadAllText(file) is var text && (text.Contains("[LibraryImport(", StringComparison.Ordinal) || text.Contains("[DllImport(", StringComparison.Ordinal))
                    select Path.GetRelativePath(Repository.Root, file);
        Assert.Empty(wrong.Except(["src/MilterCrypt.Milter/Listening/LibC.cs"]));
    }

    [Fact]
    public void OneFileOfTheProgramNamesSerilog()
    {
        var naming = SourceFiles("MilterCrypt").Where(file => File.ReadAllText(file).Contains("using Serilog", StringComparison.Ordinal));
        Assert.Single(naming);
    }

    [Fact]
    public void NoSourceFileIsLongerThan400Lines()
    {
        var tooLong = Projects.Keys.SelectMany(SourceFiles).Where(file => File.ReadLines(file).Count() > 400);
        Assert.Empty(tooLong.Select(file => Path.GetRelativePath(Repository.Root, file)));
    }

    private static IEnumerable<string> SourceFiles(string project) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", project), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
}
