using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.Commands.Sop;

/// <summary>Writes binary OpenPGP data to standard output, armored or not.</summary>
internal static class SopArmor
{
    /// <summary>Writes.</summary>
    /// <param name="octets">Packets; not cleared.</param>
    /// <param name="label">What stands in the armor's first line; null for binary.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task WriteAsync(ReadOnlyMemory<byte> octets, string? label, CancellationToken cancellationToken)
    {
        if (label is null)
        {
            await SopStreaming.WriteAsync(octets, cancellationToken);
            return;
        }

        // A secret key's armor is as secret: pinned, and cleared.
        byte[] text = GC.AllocateArray<byte>((octets.Length / 48 + 1) * 65 + 256, pinned: true);
        var output = new FixedOutput(text);
        var armor = new ArmorWriter(output, new ArmorOptions(label, LineEnding.Lf));
        armor.Write(octets.Span);
        armor.Complete();
        await SopStreaming.WriteAsync(output.Written, cancellationToken);
        CryptographicOperations.ZeroMemory(text);
    }

    /// <summary>Packets in a form that was asked for.</summary>
    public static string LabelOf(ReadOnlyMemory<byte> octets, string name) =>
        ArmoredData.LabelOf(octets, out string? reason) ?? throw new CommandException(SopExitCode.BadData, $"{name}: {reason}");

    private sealed class FixedOutput(byte[] octets) : IBufferWriter<byte>
    {
        private int length;

        public ReadOnlyMemory<byte> Written => octets.AsMemory(0, length);

        public void Advance(int count) => length += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => octets.AsMemory(length);

        public Span<byte> GetSpan(int sizeHint = 0) => octets.AsSpan(length);
    }
}
