using MilterCrypt.OpenPgp.Messages.Scanning;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Says whether what streams by is an encrypted message, by its packets and not by what calls itself so:
/// session keys, then one integrity-protected encrypted data packet (or LibrePGP's) that ends where the stream ends.
/// What is literal, compressed, signed or encrypted without integrity protection is not. It can't know whether
/// anybody is able to decrypt. Bounded memory; one message, one thread.</summary>
public sealed class EncryptedMessageScanner : IDisposable
{
    private readonly PacketSequenceScanner packets = new();
    private readonly ArmorScanner? armor;

    private EncryptedMessageScanner(bool isArmor) => armor = isArmor ? new ArmorScanner(packets) : null;

    /// <summary>Whether it is sure already that this is no encrypted message, so that the rest need not be shown.</summary>
    public bool IsRefused => (armor?.Problem ?? packets.Problem) is not null;

    /// <summary>For a text that must be one armored message, with nothing but blanks around it.</summary>
    public static EncryptedMessageScanner ForArmor() => new(isArmor: true);

    /// <summary>For binary packets.</summary>
    public static EncryptedMessageScanner ForBinary() => new(isArmor: false);

    /// <summary>Looks at the next octets.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (IsRefused)
            return;

        if (armor is null)
            packets.Write(data);
        else
            armor.Write(data);
    }

    /// <summary>Clears what was kept, which may be plaintext.</summary>
    public void Dispose()
    {
        armor?.Dispose();
        packets.Dispose();
    }

    /// <summary>Says what it was.</summary>
    public EncryptedMessageScan Complete()
    {
        armor?.Complete();
        string? problem = armor?.Problem ?? packets.Complete();
        return problem is null
            ? new EncryptedMessageScan.Encrypted(packets.Recipients)
            : new EncryptedMessageScan.NotEncrypted(problem);
    }
}
