using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Splitting;

/// <summary>How one form of a message is handed over, in two steps: all of it but the end, so that whatever can fail has; then the end.
/// Disposing of it in between takes it all back.</summary>
internal interface IPartWay : IAsyncDisposable
{
    /// <summary>Whether it was brought, and can be ended still as far as can be seen.</summary>
    bool AwaitsItsEnd { get; }

    /// <summary>Brings it, up to just before its end.</summary>
    /// <returns>Null where only the end is missing; else why it is not taken.</returns>
    ValueTask<InjectionResult?> BringAsync(BroughtPart part, CancellationToken cancellationToken);

    /// <summary>Ends it.</summary>
    ValueTask<InjectionResult> FinishAsync(CancellationToken cancellationToken);
}
