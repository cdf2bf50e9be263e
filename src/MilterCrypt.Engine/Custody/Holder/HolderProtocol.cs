using System.Text;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>What the key holder's protocol is bounded by. A frame is four octets with the length of what follows, big-endian, one
/// octet that says what it is, four with the question's number, and then what <see cref="FrameKind"/> says; docs/secret-keys.md.</summary>
internal static class HolderProtocol
{
    /// <summary>The version that is announced; another one is not understood.</summary>
    public const byte Version = 1;

    /// <summary>Octets before a frame's content.</summary>
    public const int HeaderLength = 4 + 1 + 4;

    /// <summary>Octets of a question's content at most. An honest one has some hundred.</summary>
    public const int MaxQuestion = 128 * 1024;

    /// <summary>Octets of an answer's content at most: a list of the most keys that a ring has.</summary>
    public const int MaxAnswer = 1024 * 1024;

    /// <summary>Places for questions of one connection that wait for an answer; more are not read before others are answered. A
    /// question takes one for each <see cref="PlaceLength"/> octets that it has begun: so 1 MiB is the most that is held.</summary>
    public const int MaxOutstanding = 1024;

    /// <summary>Octets of a question that one place is for.</summary>
    public const int PlaceLength = 1024;

    /// <summary>Octets of answers that may wait to be read.</summary>
    public const int MaxUnread = 4 * 1024 * 1024;

    /// <summary>Keys and packets of a question to open a session key.</summary>
    public const int MaxKeys = 64, MaxPackets = 255;

    /// <summary>Octets of a text for the audit, or for a log.</summary>
    public const int MaxText = 512;

    /// <summary>Octets of the longest session key. All are sent in as many, so that their length tells nothing.</summary>
    public const int SessionKeyLength = 32;

    /// <summary>A text, cut where it is too long.</summary>
    public static byte[] TextOf(string text)
    {
        string cut = text.Length <= MaxText ? text : text[..MaxText];
        byte[] octets = Encoding.UTF8.GetBytes(cut);
        return octets.Length <= MaxText ? octets : octets[..MaxText];
    }
}

/// <summary>What a frame is.</summary>
internal enum FrameKind : byte
{
    /// <summary>Question: a key, a hash function, a digest.</summary>
    Sign = 1,

    /// <summary>Question: keys, and packets one of which is for one of them.</summary>
    Open = 2,

    /// <summary>Not an answer: which keys are held, when a connection begins and when that changes.</summary>
    Keys = 16,

    /// <summary>Answer: the signature's own octets.</summary>
    Signed = 17,

    /// <summary>Answer: a session key, right or random.</summary>
    Opened = 18,

    /// <summary>Answer: no packet is for any of the keys.</summary>
    NotForThem = 19,

    /// <summary>Answer: why not.</summary>
    Refused = 20,
}
