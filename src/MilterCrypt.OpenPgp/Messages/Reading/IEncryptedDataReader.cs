namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>Decrypts the body of an encrypted data packet, behind its header, and passes on the packets inside, unproven.</summary>
internal interface IEncryptedDataReader : IDisposable
{
    /// <summary>Takes the next octets.</summary>
    void Write(ReadOnlySpan<byte> data);

    /// <summary>Says, at the end, whether all of it is what was encrypted.</summary>
    bool Complete();
}
