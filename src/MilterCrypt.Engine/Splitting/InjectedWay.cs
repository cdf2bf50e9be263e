using MilterCrypt.Engine.Injection;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine.Splitting;

/// <summary>Hands one form to the MTA.</summary>
internal sealed class InjectedWay(Envelope envelope, InjectionTransaction transaction) : IPartWay
{
    /// <inheritdoc/>
    public bool AwaitsItsEnd => transaction.AwaitsItsEnd;

    /// <inheritdoc/>
    public async ValueTask<InjectionResult?> BringAsync(BroughtPart part, CancellationToken cancellationToken)
    {
        var body = part.OpenBody();
        await using (body.ConfigureAwait(false))
            return await transaction.BringAsync(part.EnvelopeFor(envelope), part.Header, body, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<InjectionResult> FinishAsync(CancellationToken cancellationToken) => transaction.FinishAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => transaction.DisposeAsync();
}
