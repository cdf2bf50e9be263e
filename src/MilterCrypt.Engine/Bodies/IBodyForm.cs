namespace MilterCrypt.Engine.Bodies;

/// <summary>One form of a message, made piece by piece while its body comes in. Each step returns what becomes of the message where
/// what is still to come can't change that, else null. Owned by its work.</summary>
internal interface IBodyForm : IAsyncDisposable
{
    /// <summary>See <see cref="FilteredMessage.MayBeEncryptedAlready"/>.</summary>
    bool MayBeEncryptedAlready { get; }

    /// <summary>Makes what stands before the body.</summary>
    /// <param name="messageId">What logs call the message.</param>
    /// <param name="cancellationToken">Cancelled when the message is aborted or its deadline has passed.</param>
    ValueTask<MessageOutcome?> BeginAsync(string messageId, CancellationToken cancellationToken);

    /// <summary>Takes the next bytes of the body, cut anywhere.</summary>
    ValueTask<MessageOutcome?> WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken);

    /// <summary>The body is whole.</summary>
    ValueTask<MessageOutcome> CompleteAsync(CancellationToken cancellationToken);
}
