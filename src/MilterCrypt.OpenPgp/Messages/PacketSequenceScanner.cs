namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Walks over the packets of a stream by their lengths, without keeping more than the first octets of each, and
/// holds them to the grammar of an encrypted message (RFC 9580 §10.3).</summary>
internal sealed class PacketSequenceScanner
{
    private const int TagSessionKey = 1;
    private const int TagPassphraseKey = 3;
    private const int TagMarker = 10;
    private const int TagEncryptedData = 18;
    private const int TagLibrePgpEncryptedData = 20;
    private const int TagPadding = 21;

    // Far above what a session key takes with the largest RSA key; padding may be as long as it likes.
    private const long MaxSessionKeyLength = 8192;
    private const int FirstPartialLength = 512;

    private readonly byte[] head = new byte[SessionKeyCollector.HeadLength];
    private readonly SessionKeyCollector sessionKeys = new();
    private Step step;
    private int tag;
    private int lengthOctets;
    private long length;
    private bool isTwoOctetLength;
    private bool isPartial;
    private long bodyLength;
    private bool hasEncryptedData;

    private enum Step
    {
        Tag,
        NewLength,
        MoreLength,
        Body,
    }

    /// <summary>Why this is no encrypted message; null while it may be one.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Whom the message names.</summary>
    internal MessageRecipients Recipients { get; private set; } = new([], [], 0, 0);

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

            TakeHeader(data[0]);
            data = data[1..];
        }
    }

    /// <summary>Says why the stream was no encrypted message, or null where it was one.</summary>
    internal string? Complete()
    {
        Problem ??= step != Step.Tag ? "a packet that is cut short" : hasEncryptedData ? null : "no encrypted data";
        return Problem;
    }

    private void TakeHeader(byte octet)
    {
        switch (step)
        {
            case Step.Tag:
                TakeTag(octet);
                break;
            case Step.NewLength:
                TakeNewLength(octet);
                break;
            default:
                length = (length << 8) | octet;
                if (--lengthOctets == 0)
                    BeginPiece();
                break;
        }
    }

    private void TakeTag(byte octet)
    {
        bodyLength = 0;
        length = 0;
        isPartial = false;
        bool isNew = (octet & 0x40) != 0;
        tag = isNew ? octet & 0x3F : (octet >> 2) & 0x0F;
        Problem = (octet & 0x80) == 0 ? "octets that are no packet"
            : hasEncryptedData ? "something after the encrypted data"
            : tag is TagSessionKey or TagPassphraseKey or TagMarker or TagPadding or TagEncryptedData or TagLibrePgpEncryptedData ? null
            : $"a packet of type {tag}, which is not encrypted";
        if (isNew)
        {
            step = Step.NewLength;
            return;
        }

        // RFC 9580 §4.2.2; none of the packets here may have the indeterminate length that 3 stands for.
        int lengthType = octet & 3;
        if (lengthType == 3)
            Problem ??= "a packet without a length";
        lengthOctets = 1 << lengthType;
        step = Step.MoreLength;
    }

    // RFC 9580 §4.2.1.
    private void TakeNewLength(byte octet)
    {
        isPartial = octet is >= 224 and < 255;
        length = 0;
        step = Step.MoreLength;
        if (isPartial)
        {
            length = 1L << (octet & 0x1F);
            bool allowed = tag is TagEncryptedData or TagLibrePgpEncryptedData && (bodyLength > 0 || length >= FirstPartialLength);
            if (!allowed)
                Problem = "a packet in pieces that may not be";
            BeginPiece();
        }
        else if (octet < 192)
        {
            length = octet;
            BeginPiece();
        }
        else if (octet < 224)
        {
            length = octet - 192;
            lengthOctets = 1;
            isTwoOctetLength = true;
        }
        else
        {
            lengthOctets = 4;
        }
    }

    private void BeginPiece()
    {
        // What two octets say begins where what one says ends.
        if (isTwoOctetLength)
            length += 192;
        isTwoOctetLength = false;
        step = Step.Body;
        bool isKey = tag is TagSessionKey or TagPassphraseKey;
        if (isKey && length > MaxSessionKeyLength)
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
            step = Step.NewLength;
            return;
        }

        step = Step.Tag;
        ReadOnlySpan<byte> kept = head.AsSpan(0, (int)Math.Min(head.Length, bodyLength));
        switch (tag)
        {
            case TagSessionKey:
                sessionKeys.AddPublicKey(kept);
                break;
            case TagPassphraseKey:
                sessionKeys.AddPassphrase(kept);
                break;
            case TagMarker when !(bodyLength == 3 && kept.SequenceEqual("PGP"u8)):
                Problem = "a marker packet that marks nothing";
                break;
            case TagEncryptedData or TagLibrePgpEncryptedData:
                EndEncryptedData(kept);
                break;
        }

        if (sessionKeys.IsFull)
            Problem = "too many session keys";
    }

    private void EndEncryptedData(ReadOnlySpan<byte> kept)
    {
        hasEncryptedData = true;
        int version = EncryptedDataHeader.SessionKeyVersion(tag == TagLibrePgpEncryptedData, kept, bodyLength);
        if (version == 0)
            Problem = "encrypted data of no known form";
        else
            Recipients = sessionKeys.For(version);
    }
}
