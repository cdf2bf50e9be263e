using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace MilterCrypt.Engine.Mail;

/// <summary>Cuts a body into pieces of at most 64 KiB, so that the work on one is short: other messages go on between
/// them.</summary>
internal static class BodyPieces
{
    internal const int MaxLength = 64 * 1024;

    /// <summary>Each piece is valid until the next is asked for. Whatever makes the pipe throw is thrown on.</summary>
    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        PipeReader body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (bool complete = false; !complete;)
        {
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            // CancelPendingRead is how a pipe's other owner breaks off: never an end of the message.
            if (read.IsCanceled)
                throw new OperationCanceledException("The body broke off.");
            foreach (var segment in read.Buffer)
            {
                for (int start = 0; start < segment.Length; start += MaxLength)
                    yield return segment.Slice(start, Math.Min(MaxLength, segment.Length - start));
            }
            body.AdvanceTo(read.Buffer.End);
            complete = read.IsCompleted;
        }
    }
}
