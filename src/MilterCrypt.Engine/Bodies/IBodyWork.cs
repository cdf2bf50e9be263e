using System.IO.Pipelines;

namespace MilterCrypt.Engine.Bodies;

/// <summary>What is made of one message's body while it comes in. Owned by its message.</summary>
internal interface IBodyWork : IAsyncDisposable
{
    /// <summary>See <see cref="FilteredMessage.MayBeEncryptedAlready"/>.</summary>
    bool MayBeEncryptedAlready { get; }

    /// <summary>See <see cref="FilteredMessage.ReadBodyAsync"/>.</summary>
    ValueTask<MessageOutcome> ReadAsync(PipeReader body, string messageId, CancellationToken cancellationToken);
}
