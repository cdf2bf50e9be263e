using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MilterCrypt.Engine.Journal;

/// <summary>Makes the names under which a journal knows copies of messages. They are HMACs under the journal's own secret, so
/// that nobody outside can choose or recognise one.</summary>
public sealed class HandoverKeys
{
    internal const int SecretLength = 32;

    private readonly byte[] secret;

    internal HandoverKeys(byte[] secret) => this.secret = secret;

    /// <summary>What a client and a sender are known by.</summary>
    /// <param name="client">Who hands the message in.</param>
    /// <param name="sender">The address of MAIL FROM as it was given; empty for the null sender.</param>
    public HandoverHint HintOf(HandoverClient client, string sender) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(Authenticate("hint", client, sender, null, default)));

    /// <summary>What one recipient's copy of a message is known by.</summary>
    /// <param name="client">Who hands the message in.</param>
    /// <param name="sender">The address of MAIL FROM as it was given; empty for the null sender.</param>
    /// <param name="recipient">The address of RCPT TO as it was given.</param>
    /// <param name="content">The message (<see cref="ContentFingerprint"/>).</param>
    public HandoverKey KeyOf(HandoverClient client, string sender, string recipient, MessageContent content) =>
        HandoverKey.Read(Authenticate("copy", client, sender, recipient, content.Hash.Span));

    private byte[] Authenticate(string purpose, HandoverClient client, string sender, string? recipient, ReadOnlySpan<byte> content)
    {
        var parts = new ArrayBufferWriter<byte>(512);
        Add(parts, purpose);
        Add(parts, client.Kind);
        Add(parts, client.Name);
        Add(parts, sender);
        if (recipient is not null)
            Add(parts, recipient);
        Add(parts, content);
        return HMACSHA256.HashData(secret, parts.WrittenSpan);
    }

    // UTF-16 as it is: an encoder would make one out of all halves of surrogates.
    private static void Add(ArrayBufferWriter<byte> parts, string text) => Add(parts, MemoryMarshal.AsBytes(text.AsSpan()));

    // Each part with its length before it, so that nothing can be moved from one into the next.
    private static void Add(ArrayBufferWriter<byte> parts, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32BigEndian(parts.GetSpan(sizeof(int)), part.Length);
        parts.Advance(sizeof(int));
        parts.Write(part);
    }
}
