namespace MilterCrypt.OpenPgp;

/// <summary>Takes the plaintext of a message while the message is read. Until <see cref="Prove"/> it may be forged, cut short
/// or garbage: nobody may be shown any of it, and where <see cref="Prove"/> never comes it is to be thrown away.</summary>
public interface IPlaintextSink
{
    /// <summary>Takes the next octets; they are the caller's again when this returns.</summary>
    void Write(ReadOnlySpan<byte> data);

    /// <summary>Says that what was written is whole and as its maker encrypted it. (Who that was, signatures say.)</summary>
    void Prove();
}
