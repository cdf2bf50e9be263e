using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Sign this digest.</summary>
internal sealed class SignQuestion(Fingerprint key, HashAlgorithm hash, ReadOnlyMemory<byte> digest, KeyUse use) : IFrameContent
{
    private readonly byte[] messageId = HolderProtocol.TextOf(use.MessageId), inNameOf = HolderProtocol.TextOf(use.For);

    public Fingerprint Key => key;

    public HashAlgorithm Hash => hash;

    public ReadOnlyMemory<byte> Digest => digest;

    public KeyUse Use => use;

    public FrameKind Kind => FrameKind.Sign;

    public int Length => FieldWriter.LengthOf(key) + 1 + 1 + digest.Length + 2 + messageId.Length + 2 + inNameOf.Length;

    /// <exception cref="HolderProtocolException">It is no such question.</exception>
    public static SignQuestion Read(ReadOnlySpan<byte> content)
    {
        var fields = new FieldReader(content);
        var key = fields.Fingerprint();
        var hash = (HashAlgorithm)fields.Octet();
        byte[] digest = fields.Few().ToArray();
        var use = new KeyUse(fields.Text(), fields.Text());
        fields.End();
        return new SignQuestion(key, hash, digest, use);
    }

    public void Write(Span<byte> destination)
    {
        var fields = new FieldWriter(destination);
        fields.Fingerprint(key);
        fields.Octet((int)hash);
        fields.Few(digest.Span);
        fields.Many(messageId);
        fields.Many(inNameOf);
    }
}
