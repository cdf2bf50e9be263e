using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>Files that a peer's programs work on; removed when it is disposed.</summary>
public sealed class PeerFolder : IDisposable
{
    private readonly PeerHost host;
    private readonly TestDirectory folder;

    internal PeerFolder(PeerHost host, TestDirectory folder)
    {
        this.host = host;
        this.folder = folder;
        File.SetUnixFileMode(folder.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The folder, as the programs know it.</summary>
    public string Root => host.PathSeenInside(folder.Root);

    /// <summary>A file in it, as the programs know it.</summary>
    public string PathOf(string name) => host.PathSeenInside(folder.PathOf(name));

    /// <summary>A file in it, as this process knows it.</summary>
    public string PathSeenOutside(string name) => folder.PathOf(name);

    /// <summary>Writes a file, or writes it anew; gives its path as the programs know it.</summary>
    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(folder.PathOf(name), content);
        return PathOf(name);
    }

    /// <summary>What a program wrote; empty where it wrote nothing.</summary>
    public byte[] Read(string name) => File.Exists(folder.PathOf(name)) ? File.ReadAllBytes(folder.PathOf(name)) : [];

    /// <summary>Runs a program on its host.</summary>
    public Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, byte[]? input = null) =>
        host.RunAsync(program, arguments, input);

    public void Dispose() => folder.Dispose();
}
