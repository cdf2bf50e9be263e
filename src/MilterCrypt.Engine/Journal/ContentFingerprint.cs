using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Journal;

/// <summary>Makes a <see cref="MessageContent"/> out of a message while it arrives. Owned by whoever handles the message.</summary>
public sealed class ContentFingerprint : IDisposable
{
    /// <summary>What other filters of the same MTA, asked before this one, write into the header with something new at each
    /// try, such as the time. A sender who plays with these can only deceive himself.</summary>
    public static readonly IReadOnlySet<string> FieldsOfOtherFilters = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "ARC-Authentication-Results",
        "ARC-Message-Signature",
        "ARC-Seal",
        "Authentication-Results",
        "DKIM-Filter",
        "Received-SPF",
        "X-Rspamd-Queue-Id",
        "X-Rspamd-Server",
        "X-Spam-Checker-Version",
        "X-Spam-Level",
        "X-Spam-Report",
        "X-Spam-Score",
        "X-Spam-Status",
        "X-Spamd-Bar",
        "X-Spamd-Result",
        "X-Virus-Scanned",
        "X-Virus-Status");

    // No field's name can be this long.
    private const int EndOfHeader = -1;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly bool isNamed;

    private ContentFingerprint(IReadOnlyList<HeaderField> fields, MtaMadeFields made, IReadOnlySet<string> leftOut)
    {
        isNamed = made.IsNamed;
        for (int i = 0; i < fields.Count; i++)
        {
            if (made.Has(i) || leftOut.Contains(fields[i].Name))
                continue;
            Add(Encoding.UTF8.GetBytes(fields[i].Name));
            Add(fields[i].Value.Span);
        }
        AddLength(EndOfHeader);
    }

    /// <summary>Begins with the header.</summary>
    /// <param name="fields">All fields, in their order, as the MTA told them.</param>
    /// <param name="queueId">What the MTA calls the message ({i}), or null.</param>
    /// <param name="leftOut">The names of fields that are not looked at, whoever wrote them; they ought to be compared without
    /// regard to case. <see cref="FieldsOfOtherFilters"/> are a good choice.</param>
    public static ContentFingerprint Begin(IReadOnlyList<HeaderField> fields, string? queueId, IReadOnlySet<string> leftOut) =>
        new(fields, new MtaMadeFields(fields, queueId), leftOut);

    /// <summary>Adds a piece of the body, as it came; how it is cut does not matter.</summary>
    public void Write(ReadOnlySpan<byte> piece) => hash.AppendData(piece);

    /// <summary>Says what the message is, once all of it was written.</summary>
    public MessageContent Finish() => new(hash.GetHashAndReset(), isNamed);

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();

    // With its length before it, so that nothing can be moved between a name, a value and the body.
    private void Add(ReadOnlySpan<byte> part)
    {
        AddLength(part.Length);
        hash.AppendData(part);
    }

    private void AddLength(int length)
    {
        Span<byte> octets = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(octets, length);
        hash.AppendData(octets);
    }
}
