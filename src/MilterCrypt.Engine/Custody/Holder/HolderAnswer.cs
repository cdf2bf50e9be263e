using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>What the key holder said to a question. A session key is the asker's to dispose.</summary>
/// <param name="Values">A signature's own octets.</param>
/// <param name="Opened">A session key, right or random.</param>
/// <param name="Refusal">Why neither; null with neither where no packet is for the keys.</param>
internal sealed record HolderAnswer(byte[]? Values, SessionKey? Opened, string? Refusal)
{
    /// <exception cref="HolderProtocolException">It is no answer to such a question.</exception>
    public static HolderAnswer Read(IFrameContent question, HolderFrame frame) => (question, frame.Kind) switch
    {
        (SignQuestion, FrameKind.Signed) => new HolderAnswer(frame.Content.ToArray(), null, null),
        (OpenQuestion open, FrameKind.Opened) => new HolderAnswer(null, OpenedAnswer.Read(frame.Content, open.Asked), null),
        (OpenQuestion, FrameKind.NotForThem) => new HolderAnswer(null, null, null),
        (_, FrameKind.Refused) => new HolderAnswer(null, null, RefusedAnswer.Read(frame.Content)),
        _ => throw new HolderProtocolException($"a frame of kind {(int)frame.Kind} where a question of kind {(int)question.Kind} was asked"),
    };
}
