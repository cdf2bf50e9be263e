using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp;

namespace MilterCrypt.Engine.Holding;

/// <summary>Takes a held message's text while it is decrypted, as it is, and keeps it sealed.</summary>
internal sealed class HeldText(SealedSpool spool) : IPlaintextSink
{
    /// <summary>Whether all of it is there, as it was encrypted.</summary>
    internal bool IsProven { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data) => spool.Write(data);

    /// <inheritdoc/>
    public void Prove() => IsProven = true;
}
