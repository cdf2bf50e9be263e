using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>A folder with files, and `miltercrypt sop` run on them as a script would.</summary>
public sealed class SopFolder : IDisposable
{
    private readonly TestDirectory directory = new();

    public SopFolder()
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
    }

    public static Task<CommandResult> RunAsync(string[] arguments, ReadOnlyMemory<byte> input = default) =>
        MilterCryptProgram.RunAsync(["sop", .. arguments], input, TestContext.Current.CancellationToken);

    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(arguments, default);

    /// <summary>Runs a shell's command line, in which "$sop" is the program, within the folder.</summary>
    public Task<CommandResult> ShellAsync(string line, ReadOnlyMemory<byte> input = default) => Command.RunAsync(
        "bash", ["-c", $"cd {directory.Root}; sop='{MilterCryptProgram.Path} sop'; {line}"], input, TestContext.Current.CancellationToken);

    public string PathOf(string name) => directory.PathOf(name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        return PathOf(name);
    }

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public string Read(string name) => File.ReadAllText(PathOf(name));

    public void Dispose() => directory.Dispose();
}
