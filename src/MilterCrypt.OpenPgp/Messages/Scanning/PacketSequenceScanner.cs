using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Scanning;

/// <summary>Holds the packets of a stream to the grammar of an encrypted message (RFC 9580 §10.3), without keeping more than
/// the first octets of each.</summary>
internal sealed class PacketSequenceScanner : IPacketVisitor, IDisposable
{
    // Padding is random and hides a length; nobody needs more to hide that of a mail, and a letter must not fit in.
    private const long MaxPadding = 64 * 1024;

    private readonly byte[] head = new byte[SessionKeyForm.MaxLength];
    private readonly SessionKeyCollector sessionKeys = new();
    private readonly PacketFramer framer;
    private PacketTag tag;
    private long bodyLength;
    private long padding;
    private bool hasEncryptedData;
    private string? problem;

    // None of the packets here may have an indeterminate length.
    internal PacketSequenceScanner() => framer = new PacketFramer(this, takesIndeterminate: false);

    /// <summary>Why this is no encrypted message; null while it may be one.</summary>
    internal string? Problem => framer.Problem;

    /// <summary>Whom the message names.</summary>
    internal MessageRecipients Recipients { get; private set; } = new([], [], 0, 0);

    string? IPacketVisitor.Problem => problem;

    /// <summary>Clears what was kept, which may be plaintext that only looked like packets.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(head);
        framer.Dispose();
    }

    internal void Write(ReadOnlySpan<byte> data) => framer.Write(data);

    /// <summary>Says why the stream was no encrypted message, or null where it was one.</summary>
    internal string? Complete() => framer.Complete() ?? (hasEncryptedData ? null : "no encrypted data");

    void IPacketVisitor.Begin(PacketTag tag)
    {
        this.tag = tag;
        bodyLength = 0;
        bool isAllowed = IsEncryptedData(tag) || tag is PacketTag.PublicKeyEncryptedSessionKey
            or PacketTag.SymmetricKeyEncryptedSessionKey or PacketTag.Marker or PacketTag.Padding;
        problem = hasEncryptedData ? "something after the encrypted data"
            : isAllowed ? null
            : $"a packet of type {(int)tag}, which is not encrypted";
    }

    void IPacketVisitor.Body(ReadOnlySpan<byte> data)
    {
        if (bodyLength < head.Length)
        {
            int kept = (int)Math.Min(head.Length - bodyLength, data.Length);
            data[..kept].CopyTo(head.AsSpan((int)bodyLength));
        }

        bodyLength += data.Length;
        if (tag == PacketTag.Padding && (padding += data.Length) > MaxPadding)
            problem = "more padding than any message needs";
        else if (!IsEncryptedData(tag) && tag != PacketTag.Padding && bodyLength > head.Length)
            problem = "a session key that is too long";
    }

    void IPacketVisitor.End()
    {
        var kept = head.AsSpan(0, (int)Math.Min(head.Length, bodyLength));
        switch (tag)
        {
            case PacketTag.PublicKeyEncryptedSessionKey when !sessionKeys.AddPublicKey(kept):
            case PacketTag.SymmetricKeyEncryptedSessionKey when !sessionKeys.AddPassphrase(kept):
                problem ??= "a session key of no known form";
                break;
            case PacketTag.Marker when !kept.SequenceEqual("PGP"u8):
                problem = "a marker packet that marks nothing";
                break;
            case var _ when IsEncryptedData(tag):
                EndEncryptedData(kept);
                break;
        }

        if (sessionKeys.IsFull)
            problem = "too many session keys";
    }

    private void EndEncryptedData(ReadOnlySpan<byte> kept)
    {
        hasEncryptedData = true;
        int version = EncryptedDataHeader.SessionKeyVersion(tag == PacketTag.OcbEncryptedData, kept, bodyLength);
        if (version == 0)
            problem = "encrypted data of no known form";
        else
            Recipients = sessionKeys.For(version);
    }

    private static bool IsEncryptedData(PacketTag tag) =>
        tag is PacketTag.SymmetricallyEncryptedIntegrityProtectedData or PacketTag.OcbEncryptedData;
}
