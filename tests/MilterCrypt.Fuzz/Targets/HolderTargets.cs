using System.Buffers.Binary;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Holder;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What the key holder and the daemon read of each other: whatever comes, it is a frame that is written as it was read,
/// or the connection ends.</summary>
internal static class HolderTargets
{
    private static readonly PublicKey[] Asked = [.. OpenPgpKeys.DecryptionKeys.Select(static key => key.PublicKey)];

    /// <summary>Frames one after the other, as both sides take them from what has come.</summary>
    public static string Frames(ReadOnlySpan<byte> input)
    {
        using var buffer = new FrameBuffer(HolderProtocol.MaxQuestion);
        string outcome = "";
        try
        {
            // In pieces that depend on the input, as a socket gives them.
            for (int position = 0; position < input.Length;)
            {
                int piece = Math.Min(1 + (input[position] % 64), input.Length - position);
                var room = buffer.Room();
                piece = Math.Min(piece, room.Length);
                input.Slice(position, piece).CopyTo(room.Span);
                buffer.Advance(piece);
                position += piece;
                while (buffer.TryTake(out var frame))
                    outcome += Read(frame);
            }
        }
        catch (HolderProtocolException)
        {
            outcome += "!";
        }

        return outcome.Length <= 20 ? outcome : outcome[..20];
    }

    /// <summary>An honest frame of each kind, and several in a row.</summary>
    public static IEnumerable<byte[]> FrameSeeds()
    {
        var key = Fingerprint.FromBytes(new byte[20]);
        var use = new KeyUse("4XyZ", "<alice@example.org>");
        var packets = SecretTargets.SessionKeySeeds().Select(static seed => EncryptedSessionKey.TryRead(seed.AsSpan(1), out var packet) ? packet : null)
            .OfType<EncryptedSessionKey>().ToList();
        IFrameContent[] contents =
        [
            new SignQuestion(key, HashAlgorithm.Sha512, new byte[64], use),
            .. OpenPgpKeys.DecryptionKeys.Select(secret => OpenQuestion.Of(new SessionKeyRequest(packets, [], secret.PublicKey.Version == 6 ? 6 : 3, null), [secret.PublicKey], use)).OfType<IFrameContent>(),
            new KeysAnnouncement([new KeyAbility(key, key, true, false), new KeyAbility(key, Fingerprint.FromBytes(new byte[32]), false, true)]),
            new OpenedAnswer(SessionKey.Of(3, SymmetricAlgorithm.Aes128, new byte[16], Asked[0])!),
            new SignedAnswer(new byte[64]),
            new NotForThemAnswer(),
            new RefusedAnswer("the key is not held"),
        ];
        byte[][] frames = [.. contents.Select(static (content, number) => FrameOf(content, (uint)number))];
        return [.. frames, [.. frames.SelectMany(static frame => frame)]];
    }

    private static string Read(HolderFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Sign:
                Same(frame, SignQuestion.Read(frame.Content));
                return "s";
            case FrameKind.Open:
                var question = OpenQuestion.Read(frame.Content);
                Same(frame, question);
                return $"o{question.Packets.Count}";
            case FrameKind.Keys:
                Same(frame, KeysAnnouncement.Read(frame.Content));
                return "k";
            case FrameKind.Opened:
                using (OpenedAnswer.Read(frame.Content, Asked))
                    return "O";
            case FrameKind.Refused:
                RefusedAnswer.Read(frame.Content);
                return "r";
            default:
                return ".";
        }
    }

    // Texts that are no UTF-8 and flags that mean nothing are written otherwise than they were read; then it is read alike again.
    private static void Same(HolderFrame frame, IFrameContent content)
    {
        byte[] again = FrameOf(content, frame.Number);
        FuzzFailureException.Unless(HolderFrame.TryRead(again, HolderProtocol.MaxQuestion, out var second, out _), "what was read is written as no frame");
        IFrameContent reread = frame.Kind switch
        {
            FrameKind.Sign => SignQuestion.Read(second.Content),
            FrameKind.Open => OpenQuestion.Read(second.Content),
            _ => KeysAnnouncement.Read(second.Content),
        };
        FuzzFailureException.Unless(FrameOf(reread, frame.Number).AsSpan().SequenceEqual(again), "what was written is read as something else");
    }

    private static byte[] FrameOf(IFrameContent content, uint number)
    {
        byte[] frame = new byte[HolderProtocol.HeaderLength + content.Length];
        HolderFrame.WriteHeader(frame, content.Kind, number, content.Length);
        content.Write(frame.AsSpan(HolderProtocol.HeaderLength));
        FuzzFailureException.Unless(BinaryPrimitives.ReadInt32BigEndian(frame) == frame.Length - 4, "a frame's length is wrong");
        return frame;
    }
}
