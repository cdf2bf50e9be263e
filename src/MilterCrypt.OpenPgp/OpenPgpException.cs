using MilterCrypt.OpenPgp.Messages;

namespace MilterCrypt.OpenPgp;

/// <summary>Something that was asked of <see cref="Pgp"/> can't be had: its text says why, in an administrator's words.</summary>
public sealed class OpenPgpException : Exception
{
    internal OpenPgpException(string reason)
        : base(reason) { }

    internal OpenPgpException(MessageRefusal refusal)
        : base(refusal.Reason) => Refusal = refusal;

    /// <summary>Why a message is not read, where that is what failed.</summary>
    public MessageRefusal? Refusal { get; }
}
