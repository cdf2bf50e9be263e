using System.IO.Pipelines;

namespace MilterCrypt.Engine.Bodies;

/// <summary>What is made of one message's body, as a whole. Owned by its message.</summary>
internal interface IBodyWork : IAsyncDisposable
{
    /// <summary>See <see cref="FilteredMessage.MayBeEncryptedAlready"/>.</summary>
    bool MayBeEncryptedAlready { get; }

    /// <summary>See <see cref="FilteredMessage.ReadBodyAsync"/>.</summary>
    ValueTask<MessageOutcome> ReadAsync(PipeReader body, string messageId, CancellationToken cancellationToken);

    /// <summary>How many recipients of a message that goes on as one may have got it from an earlier try, too.</summary>
    int PerhapsTwice => 0;

    /// <summary>The MTA was answered with what became of it.</summary>
    ValueTask AnsweredAsync() => ValueTask.CompletedTask;
}
