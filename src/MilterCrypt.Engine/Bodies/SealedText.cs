using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Engine.Bodies;

/// <summary>Takes a message's text while it is decrypted, with CRLF for line ends, and keeps it sealed.</summary>
/// <param name="spool">Where it goes.</param>
/// <param name="maxLength">The most that is kept.</param>
internal sealed class SealedText(SealedSpool spool, long maxLength) : IPlaintextSink
{
    private readonly LineEndCorrection lines = new(spool.Write);

    /// <summary>Whether all of it is there, as its maker encrypted it.</summary>
    internal bool IsProven { get; private set; }

    /// <summary>Whether there was more than is kept. Line ends grow.</summary>
    internal bool IsTooLong { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data)
    {
        IsTooLong |= spool.Length + data.Length > maxLength;
        if (!IsTooLong)
            lines.Write(data);
    }

    /// <inheritdoc/>
    public void Prove() => IsProven = true;
}
