namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A session key for an RSA or ElGamal key, in the padding of PKCS#1 v1.5 (RFC 9580 §5.1.3, §5.1.4, §12.1.1). Its
/// failures decrypt other people's mail for those who can tell them apart (Bleichenbacher's attack), so all octets are
/// looked at in the same way, whatever they are.</summary>
internal static class Pkcs1SessionKey
{
    private const int MinPadding = 8;

    /// <summary>Looks for each length that a message can have where it would stand: 0, 2, padding without zeros, 0, message
    /// (RFC 8017 §7.2.2). A zero where the longer one would begin rules the shorter out, so one at most is there.</summary>
    internal static void Unpad(SessionKeyChoice choice, ReadOnlySpan<byte> block)
    {
        foreach (int keyLength in choice.KeyLengths)
        {
            int length = keyLength + choice.ChecksummedOverhead;
            int separator = block.Length - length - 1;
            if (separator < 2 + MinPadding)
                continue;

            uint zeros = 0;
            foreach (byte octet in block[2..separator])
                zeros |= ConstantTime.Equal(octet, 0);
            uint mask = ConstantTime.Equal(block[0], 0) & ConstantTime.Equal(block[1], 2) & ~zeros & ConstantTime.Equal(block[separator], 0);
            choice.OfferChecksummed(mask, block[^length..]);
        }
    }
}
