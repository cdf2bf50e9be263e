using System.Buffers;
using System.Text;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>What goes to gpg-agent and comes back, as libgcrypt writes ciphertexts, values and signatures.</summary>
internal static class AgentExpression
{
    /// <summary>Writes a ciphertext: (enc-val (ALGORITHM (NAME NUMBER) …)).</summary>
    internal static byte[] WriteCiphertext(PrivateKeyOperation operation)
    {
        var output = new ArrayBufferWriter<byte>(512);
        output.Write("(7:enc-val("u8);
        switch (operation)
        {
            case PrivateKeyOperation.Rsa(_, var number):
                output.Write("3:rsa"u8);
                WriteNumber(output, 'a', number.Span);
                break;
            case PrivateKeyOperation.ElGamal(_, var first, var second):
                output.Write("3:elg"u8);
                WriteNumber(output, 'a', first.Span);
                WriteNumber(output, 'b', second.Span);
                break;
            case PrivateKeyOperation.Agreement(_, var point):
                // Libgcrypt marks a native point as OpenPGP does; an uncompressed one has a mark of its own.
                output.Write("4:ecdh"u8);
                WriteString(output, 'e', point.Span, point.Length == AgentResult.Curve25519Length ? AgentResult.NativePoint : null);
                break;
        }

        output.Write("))"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads (value OCTETS). Zeros may follow: the agent counts the end of a C string in.</summary>
    internal static bool TryReadValue(ReadOnlySpan<byte> octets, out ReadOnlySpan<byte> value)
    {
        value = default;
        var reader = new CanonicalReader(octets);
        return reader.TryReadOpen() && reader.TryReadString("value"u8) && reader.TryReadString(out value) && reader.TryReadClose()
            && IsEnd(reader);
    }

    /// <summary>Reads (sig-val (ALGORITHM (r NUMBER) (s NUMBER))); RSA has no r. What else there is is left out.</summary>
    /// <returns>False where it is none.</returns>
    internal static bool TryReadSignature(ReadOnlySpan<byte> octets, out ReadOnlySpan<byte> r, out ReadOnlySpan<byte> s)
    {
        r = s = default;
        var reader = new CanonicalReader(octets);
        if (!reader.TryReadOpen() || !reader.TryReadString("sig-val"u8) || !reader.TryReadOpen() || !reader.TryReadString(out _))
            return false;

        while (reader.TryReadOpen())
        {
            if (!reader.TryReadString(out var name) || !reader.TryReadString(out var number))
                return false;
            if (name is [(byte)'r'])
                r = number;
            else if (name is [(byte)'s'])
                s = number;
            if (!reader.TrySkipRest())
                return false;
        }

        return !s.IsEmpty && reader.TryReadClose() && reader.TrySkipRest() && IsEnd(reader);
    }

    private static bool IsEnd(CanonicalReader reader) => !reader.Rest.ContainsAnyExcept((byte)0);

    // Libgcrypt reads numbers as signed ones: a zero precedes what would be negative.
    private static void WriteNumber(ArrayBufferWriter<byte> output, char name, ReadOnlySpan<byte> number) =>
        WriteString(output, name, number, number is [>= 0x80, ..] ? 0 : null);

    private static void WriteString(ArrayBufferWriter<byte> output, char name, ReadOnlySpan<byte> octets, byte? first)
    {
        output.Write(Encoding.ASCII.GetBytes($"(1:{name}{octets.Length + (first is null ? 0 : 1)}:"));
        if (first is { } octet)
            output.Write([octet]);
        output.Write(octets);
        output.Write(")"u8);
    }
}
