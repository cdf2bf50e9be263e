using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Hops;

/// <summary>What of a message's envelope and header its origin is bound to.</summary>
internal static class OriginCover
{
    // Who speaks to whom about what, and how the body is to be read. Not what MTAs add or change on the way.
    private static readonly string[] Covered =
    [
        "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ];

    /// <summary>SHA-256 of the sender and of each occurrence of each covered field, in the order of their names here and in their own
    /// order among those of a name, in DKIM's relaxed form (RFC 6376 §3.4.2). No field of the message more can be added: where a
    /// name does not occur, that is covered as well.</summary>
    internal static byte[] Digest(IReadOnlyList<HeaderField> header, string sender)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] address = Encoding.UTF8.GetBytes(sender);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, address.Length);
        hash.AppendData(length);
        hash.AppendData(address);
        foreach (string name in Covered)
        {
            byte[] start = Encoding.ASCII.GetBytes(name + ":");
            foreach (var field in header)
            {
                if (!name.Equals(field.Name.Trim(), StringComparison.OrdinalIgnoreCase))
                    continue;
                hash.AppendData(start);
                hash.AppendData(Relaxed(field.Value.Span));
                hash.AppendData("\r\n"u8);
            }
        }
        return hash.GetHashAndReset();
    }

    /// <summary>One blank for each run of white space and folds, none at the ends: so no line break is left in it.</summary>
    private static byte[] Relaxed(ReadOnlySpan<byte> value)
    {
        byte[] relaxed = new byte[value.Length];
        int length = 0;
        bool hasBlank = false;
        foreach (byte b in value)
        {
            if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                hasBlank = length > 0;
                continue;
            }
            if (hasBlank)
                relaxed[length++] = (byte)' ';
            hasBlank = false;
            relaxed[length++] = b;
        }
        return relaxed[..length];
    }
}
