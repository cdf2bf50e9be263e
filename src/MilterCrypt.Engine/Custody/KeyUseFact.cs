using MilterCrypt.Native.LibC;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody;

/// <summary>That a secret key was used, or was asked for in vain: what the audit has of it, and all that it has.</summary>
/// <param name="Operation">What was asked.</param>
/// <param name="Keys">With which keys: one to sign; to open, those that were tried, or asked for where none is held.</param>
/// <param name="Hash">Over what a signature is; null for session keys.</param>
/// <param name="Use">For which message, as the asker says.</param>
/// <param name="Asker">Who asked.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record KeyUseFact(
    KeyOperation Operation, IReadOnlyList<Fingerprint> Keys, HashAlgorithm? Hash, KeyUse Use, SocketPeer Asker, KeyUseOutcome Outcome);

/// <summary>What a secret key can be asked to do.</summary>
public enum KeyOperation
{
    /// <summary>Sign a digest.</summary>
    Sign,

    /// <summary>Open a message's session key.</summary>
    Open,
}

/// <summary>What became of a question.</summary>
public enum KeyUseOutcome
{
    /// <summary>The key was used. Whether it fitted a message is not said: nobody may learn that before the message's end.</summary>
    Done,

    /// <summary>The key was not used, for a reason that is told.</summary>
    Refused,

    /// <summary>It is not held here.</summary>
    NoSuchKey,
}
