using System.Text;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands.Sop;

/// <summary>Passwords, from files, variables and descriptors: never from the command line itself. Disposal clears them.</summary>
internal sealed class SopPasswords : IDisposable
{
    private const int MaxLength = 16 * 1024;

    private readonly List<SopInput> inputs = [];

    private SopPasswords()
    {
    }

    /// <summary>What is to be tried, in this order.</summary>
    public List<ReadOnlyMemory<byte>> Octets { get; } = [];

    /// <summary>Those that may open something: each as it is, and without the blanks at its end that an editor or `echo` left.</summary>
    /// <exception cref="CommandException">One can't be read.</exception>
    public static SopPasswords ForReading(IEnumerable<string> names) => Read(names, static (_, input, octets) =>
    {
        octets.Add(input);
        var trimmed = Trim(input);
        if (trimmed.Length < input.Length)
            octets.Add(trimmed);
    });

    /// <summary>Those that something is locked with: text that somebody can type, without blanks at its end.</summary>
    /// <exception cref="CommandException">One can't be read, or is no such text.</exception>
    public static SopPasswords ForWriting(IEnumerable<string> names) => Read(names, static (name, input, octets) =>
    {
        var trimmed = Trim(input);
        if (!IsReadable(trimmed.Span))
            throw new CommandException(SopExitCode.PasswordNotHumanReadable, $"the password in {PrintableText.Of(name)} is empty, or not text that can be typed");
        octets.Add(trimmed);
    });

    /// <summary>Clears them.</summary>
    public void Dispose()
    {
        foreach (var input in inputs)
            input.Dispose();
    }

    private static SopPasswords Read(IEnumerable<string> names, Action<string, ReadOnlyMemory<byte>, List<ReadOnlyMemory<byte>>> take)
    {
        var passwords = new SopPasswords();
        bool isWhole = false;
        try
        {
            foreach (string name in names)
            {
                var input = SopInput.Read(name, MaxLength);
                passwords.inputs.Add(input);
                take(name, input.Octets, passwords.Octets);
            }

            isWhole = true;
            return passwords;
        }
        finally
        {
            if (!isWhole)
                passwords.Dispose();
        }
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> octets) => octets[..octets.Span.TrimEnd(" \t\r\n\v\f"u8).Length];

    // A variable's octets that are no UTF-8 arrive as replacement characters.
    private static bool IsReadable(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(octets, out var rune, out int length);
            if (status != System.Buffers.OperationStatus.Done || Rune.IsControl(rune) || rune == Rune.ReplacementChar)
                return false;
            octets = octets[length..];
            if (octets.IsEmpty)
                return true;
        }

        return false;
    }
}
