using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Splitting;

/// <summary>Puts one form where messages are held. Its end is a name that the file is given.</summary>
/// <param name="folder">There.</param>
/// <param name="form">What made the form, and the record that goes with it.</param>
/// <param name="state">For whom of that record it is held now.</param>
internal sealed class HeldWay(HeldFolder folder, BodyHolding form, HeldState state) : IPartWay
{
    private HeldDraft? draft;

    /// <inheritdoc/>
    public bool AwaitsItsEnd => draft is not null;

    /// <inheritdoc/>
    public async ValueTask<InjectionResult?> BringAsync(BroughtPart part, CancellationToken cancellationToken)
    {
        try
        {
            var body = part.OpenBody();
            await using (body.ConfigureAwait(false))
            {
                draft = await folder.PrepareAsync(
                    form.RecordLine, form.At, state, body, form.RecordLine.Length + part.Facts!.ProtectedBytes, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new InjectionResult.Unreachable($"it can't be held: {e.Message}");
        }
        var full = RefusalWording.NoRoomToHold();
        return draft is null ? new InjectionResult.Refused(full.Code, full.EnhancedStatus, full.Text, null) : null;
    }

    /// <inheritdoc/>
    public ValueTask<InjectionResult> FinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            draft!.Commit();
            return ValueTask.FromResult<InjectionResult>(new InjectionResult.Accepted(draft.Id, "held"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ValueTask.FromResult<InjectionResult>(new InjectionResult.Unknown($"it may be held or not: {e.Message}"));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        draft?.Dispose();
        return ValueTask.CompletedTask;
    }
}
