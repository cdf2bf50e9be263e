using System.Net.Sockets;
using System.Text;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>Where a socket file leads: it is a socket, or a file that names one (libassuan's redirection, for file systems
/// that have no sockets, and long paths).</summary>
internal static class AgentAddress
{
    private const int MaxLength = 1024;
    private const string Mark = "%Assuan%\nsocket=";

    /// <summary>The socket itself.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="InvalidDataException">It is neither, or somebody else put it there.</exception>
    internal static UnixDomainSocketEndPoint Resolve(string path)
    {
        // A socket has no length.
        var file = new FileInfo(path);
        if (file is { Exists: true, Length: > 0 })
            path = ReadRedirection(file);
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"{path} is too long a path for a socket");
        }
    }

    private static string ReadRedirection(FileInfo file)
    {
        using var content = file.OpenRead();
        if (FileIdentity.Of(content.SafeFileHandle) is not { } identity || !FolderOwner.MayMake(file.FullName, identity.Owner))
            throw new InvalidDataException($"{file.FullName} belongs neither to root nor to the owner of its folder");
        byte[] octets = new byte[MaxLength + 1];
        int length = content.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
        string text = Encoding.UTF8.GetString(octets, 0, length);
        string target = text.StartsWith(Mark, StringComparison.Ordinal) && length <= MaxLength ? text[Mark.Length..].TrimEnd('\n') : "";

        // Variables of the environment could stand there: of which process, nobody could say.
        if (!target.StartsWith('/') || target.Contains('\n', StringComparison.Ordinal) || target.Contains("${", StringComparison.Ordinal))
            throw new InvalidDataException($"{file.FullName} is neither a socket nor a file that names one by its absolute path");
        return target;
    }
}
