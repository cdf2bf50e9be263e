using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>What a name on the command line stands for: a file; @ENV:NAME, an environment variable's value; @FD:n, a
/// descriptor that the caller opened. Its octets are held in pinned memory; disposal clears them.</summary>
internal sealed class SopInput : IDisposable
{
    /// <summary>The most octets of keys, certificates and signatures.</summary>
    public const int MaxKeys = 64 << 20;

    private const string Variable = "@ENV:";
    private const string Descriptor = "@FD:";

    private byte[] octets = GC.AllocateArray<byte>(16 * 1024, pinned: true);
    private int length;

    private SopInput()
    {
    }

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Octets => octets.AsMemory(0, length);

    /// <summary>Reads what a name stands for, whole.</summary>
    /// <exception cref="CommandException">There is no such thing, or it is larger than <paramref name="most"/>.</exception>
    public static SopInput Read(string name, int most)
    {
        try
        {
            using var stream = Open(name);
            return Read(stream, PrintableText.Of(name), most);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException(SopExitCode.MissingInput, $"{PrintableText.Of(name)} can't be read: {e.Message}");
        }
    }

    /// <summary>Reads standard input, whole.</summary>
    /// <exception cref="CommandException">It is larger than <paramref name="most"/>.</exception>
    public static SopInput ReadStandardInput(int most)
    {
        using var stream = Console.OpenStandardInput();
        return Read(stream, "standard input", most);
    }

    /// <summary>Says whether a name is special, and refuses one that a file has too.</summary>
    public static bool IsSpecial(string name)
    {
        if (!name.StartsWith('@'))
            return false;
        if (Path.Exists(name))
            throw new CommandException(SopExitCode.AmbiguousInput, $"{PrintableText.Of(name)} is special, but there is a file of that name: ./{PrintableText.Of(name)}?");
        return true;
    }

    /// <summary>The stream of a descriptor that the caller opened, or null where the name stands for none.</summary>
    /// <exception cref="IOException">There is no such descriptor.</exception>
    public static FileStream? OpenDescriptor(string name, FileAccess access)
    {
        if (!name.StartsWith(Descriptor, StringComparison.Ordinal))
            return null;
        if (!int.TryParse(name.AsSpan(Descriptor.Length), System.Globalization.NumberStyles.None, null, out int number))
            throw new IOException("no number of a descriptor");
        return new FileStream(new SafeFileHandle(number, ownsHandle: false), access, bufferSize: 0);
    }

    /// <summary>Clears it.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(octets);

    private static Stream Open(string name)
    {
        if (!IsSpecial(name))
            return new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (name.StartsWith(Variable, StringComparison.Ordinal))
        {
            string? value = Environment.GetEnvironmentVariable(name[Variable.Length..]);
            return new MemoryStream(Encoding.UTF8.GetBytes(value ?? throw new IOException("there is no such variable")));
        }

        return OpenDescriptor(name, FileAccess.Read)
            ?? throw new CommandException(SopExitCode.UnsupportedSpecialPrefix, $"{PrintableText.Of(name)}: only {Variable} and {Descriptor} are known; a file is ./{PrintableText.Of(name)}");
    }

    private static SopInput Read(Stream stream, string name, int most)
    {
        var input = new SopInput();
        bool isWhole = false;
        try
        {
            while (stream.Read(input.octets, input.length, input.octets.Length - input.length) is var read and > 0)
            {
                input.length += read;
                if (input.length > most)
                    throw new CommandException(SopExitCode.Unspecified, $"{name} is larger than {most} octets");
                if (input.length == input.octets.Length)
                    input.Grow();
            }

            isWhole = true;
            return input;
        }
        finally
        {
            if (!isWhole)
                input.Dispose();
        }
    }

    private void Grow()
    {
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(2L * octets.Length, Array.MaxLength), pinned: true);
        octets.AsSpan(0, length).CopyTo(larger);
        CryptographicOperations.ZeroMemory(octets);
        octets = larger;
    }
}
