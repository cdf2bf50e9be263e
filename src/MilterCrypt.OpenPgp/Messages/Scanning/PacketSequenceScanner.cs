using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Scanning;

/// <summary>Walks over the packets of a stream by their lengths, without keeping more than the first octets of each, and
/// holds them to the grammar of an encrypted message (RFC 9580 §10.3).</summary>
internal sealed class PacketSequenceScanner : IDisposable
{
    // Padding is random and hides a length; nobody needs more to hide that of a mail, and a letter must not fit in.
    private const long MaxPadding = 64 * 1024;

    private readonly byte[] head = new byte[SessionKeyForm.MaxLength];
    private readonly byte[] lengthOctets = new byte[PacketLength.MaxOctets];
    private readonly SessionKeyCollector sessionKeys = new();
    private Step step;
    private PacketTag tag;
    private bool isLegacy;
    private int lengthOctetCount;
    private int lengthOctetsTaken;
    private long length;
    private bool isPartial;
    private long bodyLength;
    private long padding;
    private bool hasEncryptedData;

    private enum Step
    {
        Tag,
        Length,
        Body,
    }

    /// <summary>Why this is no encrypted message; null while it may be one.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Whom the message names.</summary>
    internal MessageRecipients Recipients { get; private set; } = new([], [], 0, 0);

    /// <summary>Clears what was kept, which may be plaintext that only looked like packets.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(head);

    internal void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && Problem is null)
        {
            if (step == Step.Body)
            {
                int taken = (int)Math.Min(length, data.Length);
                Keep(data[..taken]);
                data = data[taken..];
                length -= taken;
                if (length == 0)
                    EndPiece();
                continue;
            }

            if (step == Step.Tag)
                TakeTag(data[0]);
            else
                TakeLength(data[0]);
            data = data[1..];
        }
    }

    /// <summary>Says why the stream was no encrypted message, or null where it was one.</summary>
    internal string? Complete()
    {
        Problem ??= step != Step.Tag ? "a packet that is cut short" : hasEncryptedData ? null : "no encrypted data";
        return Problem;
    }

    private void TakeTag(byte octet)
    {
        bodyLength = 0;
        isPartial = false;
        isLegacy = (octet & 0x40) == 0;
        tag = (PacketTag)(isLegacy ? (octet >> 2) & 0x0F : octet & 0x3F);
        bool isAllowed = IsEncryptedData(tag) || tag is PacketTag.PublicKeyEncryptedSessionKey
            or PacketTag.SymmetricKeyEncryptedSessionKey or PacketTag.Marker or PacketTag.Padding;
        Problem = (octet & 0x80) == 0 ? "octets that are no packet"
            : hasEncryptedData ? "something after the encrypted data"
            : isAllowed ? null
            : $"a packet of type {(int)tag}, which is not encrypted";
        BeginLength();

        // None of the packets here may have an indeterminate length.
        if (isLegacy && (lengthOctetCount = PacketLength.LegacySize(octet & 3)) == 0)
            Problem ??= "a packet without a length";
    }

    private void BeginLength()
    {
        lengthOctetsTaken = 0;
        step = Step.Length;
    }

    private void TakeLength(byte octet)
    {
        if (!isLegacy && lengthOctetsTaken == 0)
            lengthOctetCount = PacketLength.Size(octet);
        lengthOctets[lengthOctetsTaken++] = octet;
        if (lengthOctetsTaken < lengthOctetCount)
            return;

        var octets = lengthOctets.AsSpan(0, lengthOctetCount);
        length = isLegacy ? PacketLength.ReadLegacy(octets) : PacketLength.Read(octets);
        isPartial = !isLegacy && PacketLength.IsPartial(octets[0]);
        if (isPartial && !(IsEncryptedData(tag) && (bodyLength > 0 || length >= PacketLength.MinFirstPiece)))
            Problem = "a packet in pieces that may not be";
        BeginPiece();
    }

    private void BeginPiece()
    {
        step = Step.Body;
        if (tag == PacketTag.Padding && (padding += length) > MaxPadding)
            Problem = "more padding than any message needs";
        else if (!IsEncryptedData(tag) && tag != PacketTag.Padding && length > head.Length)
            Problem = "a session key that is too long";
        if (length == 0)
            EndPiece();
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (bodyLength < head.Length)
        {
            int kept = (int)Math.Min(head.Length - bodyLength, data.Length);
            data[..kept].CopyTo(head.AsSpan((int)bodyLength));
        }

        bodyLength += data.Length;
    }

    private void EndPiece()
    {
        if (isPartial)
        {
            BeginLength();
            return;
        }

        step = Step.Tag;
        var kept = head.AsSpan(0, (int)Math.Min(head.Length, bodyLength));
        switch (tag)
        {
            case PacketTag.PublicKeyEncryptedSessionKey when !sessionKeys.AddPublicKey(kept):
            case PacketTag.SymmetricKeyEncryptedSessionKey when !sessionKeys.AddPassphrase(kept):
                Problem ??= "a session key of no known form";
                break;
            case PacketTag.Marker when !kept.SequenceEqual("PGP"u8):
                Problem = "a marker packet that marks nothing";
                break;
            case var _ when IsEncryptedData(tag):
                EndEncryptedData(kept);
                break;
        }

        if (sessionKeys.IsFull)
            Problem = "too many session keys";
    }

    private void EndEncryptedData(ReadOnlySpan<byte> kept)
    {
        hasEncryptedData = true;
        int version = EncryptedDataHeader.SessionKeyVersion(tag == PacketTag.OcbEncryptedData, kept, bodyLength);
        if (version == 0)
            Problem = "encrypted data of no known form";
        else
            Recipients = sessionKeys.For(version);
    }

    private static bool IsEncryptedData(PacketTag tag) =>
        tag is PacketTag.SymmetricallyEncryptedIntegrityProtectedData or PacketTag.OcbEncryptedData;
}
