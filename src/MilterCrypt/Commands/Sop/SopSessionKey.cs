using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.Telemetry;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.Commands.Sop;

/// <summary>The key of one message as text: the cipher's number, a colon, hexadecimal digits. Disposal clears it.</summary>
internal sealed class SopSessionKey : IDisposable
{
    private const int MaxKeyLength = 32;
    private const int MaxTextLength = 1024;

    private readonly byte[] octets = GC.AllocateArray<byte>(MaxKeyLength, pinned: true);
    private readonly SymmetricAlgorithm cipher;
    private readonly int length;

    private SopSessionKey(ReadOnlySpan<byte> text, string name)
    {
        text = text.Trim(" \t\r\n"u8);
        int colon = text.IndexOf((byte)':');
        bool isRead = colon > 0 && Utf8Parser.TryParse(text[..colon], out byte number, out int used) && used == colon
            && Convert.FromHexString(text[(colon + 1)..], octets, out _, out length) == System.Buffers.OperationStatus.Done
            && SessionKey.Of(3, cipher = (SymmetricAlgorithm)number, octets.AsSpan(0, length)) is { } key && Dispose(key);
        if (!isRead)
        {
            Dispose();
            throw new CommandException(SopExitCode.BadData, $"{name} is no session key such as 9:0123…");
        }
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="CommandException">It can't be read, or is none.</exception>
    public static SopSessionKey Read(string name)
    {
        using var input = SopInput.Read(name, MaxTextLength);
        return new SopSessionKey(input.Octets.Span, PrintableText.Of(name));
    }

    /// <summary>Writes one.</summary>
    /// <param name="name">Where to; null for nowhere.</param>
    /// <param name="key">The key.</param>
    public static void Write(string? name, SessionKey key)
    {
        Span<byte> text = stackalloc byte[8 + (2 * MaxKeyLength)];
        try
        {
            int length = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(int)key.Cipher}:"), text);
            Convert.TryToHexString(key.Octets, text[length..], out int digits);
            text[length + digits] = (byte)'\n';
            SopOutput.Write(name, text[..(length + digits + 1)]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>The key for a message; null where the message says that its cipher is another.</summary>
    /// <returns>The caller's to dispose.</returns>
    public SessionKey? For(int packetVersion, SymmetricAlgorithm? messageCipher) =>
        messageCipher is null || messageCipher == cipher ? SessionKey.Of(packetVersion, cipher, octets.AsSpan(0, length)) : null;

    /// <summary>Clears it.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(octets);

    private static bool Dispose(SessionKey key)
    {
        key.Dispose();
        return true;
    }
}
