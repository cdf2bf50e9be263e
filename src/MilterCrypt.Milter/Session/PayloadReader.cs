using System.Buffers;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Session;

/// <summary>Lays payloads that came in pieces out in one, in memory that is wiped at the end. Owned by the session.</summary>
internal sealed class PayloadReader : IDisposable
{
    private byte[] scratch = [];

    /// <summary>The payload in one piece, until the next is asked for.</summary>
    public ReadOnlySpan<byte> Flat(ReadOnlySequence<byte> payload)
    {
        if (payload.IsSingleSegment)
            return payload.FirstSpan;

        int length = (int)payload.Length;
        if (scratch.Length < length)
        {
            Array.Clear(scratch);
            scratch = new byte[Math.Max(length, 4096)];
        }

        payload.CopyTo(scratch);
        return scratch.AsSpan(0, length);
    }

    /// <summary>Its first string.</summary>
    /// <exception cref="MilterProtocolException">Its NUL is missing.</exception>
    public string Text(ReadOnlySequence<byte> payload) => Encoding.UTF8.GetString(new NulStrings(Flat(payload)).Next());

    /// <inheritdoc/>
    public void Dispose() => Array.Clear(scratch);
}
