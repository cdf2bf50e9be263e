using Microsoft.Extensions.Logging;

namespace MilterCrypt.KeyHolding;

/// <summary>What is said of secret keys: by the key holder, and by the daemon where it has them itself.</summary>
internal static partial class KeyHolderLog
{
    [LoggerMessage(40, LogLevel.Information,
        "key-use: operation={Operation}, key={Keys}, hash={Hash}, message={MessageId}, for={InNameOf}, peer-uid={PeerUser}, peer-pid={PeerProcess}, outcome={Outcome}")]
    public static partial void KeyUsed(
        this ILogger logger, string operation, string keys, string hash, string messageId, string inNameOf, long peerUser, int peerProcess, string outcome);

    [LoggerMessage(41, LogLevel.Information, "miltercrypt {Version} holds {Keys} secret keys from {Folder}, for {Peers} on {Address}")]
    public static partial void Holding(this ILogger logger, string version, int keys, string folder, string peers, string address);

    [LoggerMessage(42, LogLevel.Information, "secret keys read again: {Keys} from {Folder}")]
    public static partial void KeysReadAgain(this ILogger logger, int keys, string folder);

    [LoggerMessage(43, LogLevel.Error, "a secret key is not used: {Problem}")]
    public static partial void KeyNotUsed(this ILogger logger, string problem);

    [LoggerMessage(44, LogLevel.Error, "the secret keys can't be read again, those known so far stay in use: {Reason}")]
    public static partial void KeysNotReadAgain(this ILogger logger, string reason);

    [LoggerMessage(45, LogLevel.Warning, "{Warning}")]
    public static partial void HolderWarns(this ILogger logger, string warning);

    [LoggerMessage(46, LogLevel.Warning, "the primary key {Key} signs data: who can have it sign can change its certificate, too; a signing subkey is safer")]
    public static partial void PrimaryKeySigns(this ILogger logger, string key);

    [LoggerMessage(47, LogLevel.Warning, "memory is not kept out of swap space: {Reason}; LimitMEMLOCK=infinity or MemorySwapMax=0 in the unit does it")]
    public static partial void MemoryNotLocked(this ILogger logger, string reason);

    [LoggerMessage(48, LogLevel.Warning, "secrets in memory are less guarded than they should be: {Reason}")]
    public static partial void NotHidden(this ILogger logger, string reason);

    [LoggerMessage(49, LogLevel.Warning, "the key holder's socket can't be given to the group of {User}: {Reason}; that user must be able to write to it")]
    public static partial void SocketGroup(this ILogger logger, string user, string reason);
}
