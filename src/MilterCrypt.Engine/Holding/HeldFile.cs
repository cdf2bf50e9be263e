namespace MilterCrypt.Engine.Holding;

/// <summary>One held message, but for its content.</summary>
/// <param name="Id">What it is called: the name of its file.</param>
/// <param name="Path">Where the file is.</param>
/// <param name="RecordLine">Its first line, without the line end.</param>
/// <param name="Record">What that says.</param>
/// <param name="State">What its second line says.</param>
/// <param name="ContentOffset">Where the ciphertext begins.</param>
/// <param name="Length">The octets that the file has.</param>
public sealed record HeldFile(
    string Id, string Path, ReadOnlyMemory<byte> RecordLine, HeldRecord Record, HeldState State, long ContentOffset, long Length)
{
    /// <summary>The recipients for whom it is still held.</summary>
    public IEnumerable<HeldRecipient> Left => State.Left.Select(place => Record.Recipients[place]);

    /// <summary>Those of them who may have got it all the same.</summary>
    public IEnumerable<HeldRecipient> PerhapsSent => State.Sending.Select(place => Record.Recipients[place]);
}
