using MilterCrypt.Faults;

namespace MilterCrypt.Interop.Rigs;

/// <summary>A stage on which messages are split while things fail. It lives as long as the class that shares it.</summary>
/// <param name="signs">Whether what is encrypted is signed too, by a key holder.</param>
public abstract class SplitRig(bool signs) : IAsyncLifetime
{
    private FaultStage? stage;

    public FaultStage Stage => stage ?? throw new InvalidOperationException("the rig was not set up: call Require() first");

    /// <summary>Skips the test, with the reason, where this machine lacks something that the rig is made of.</summary>
    public static void Require() => Assert.SkipWhen(FaultStage.Missing() is not null, FaultStage.Missing() ?? "");

    public async ValueTask InitializeAsync()
    {
        if (FaultStage.Missing() is null)
            stage = await FaultStage.SetUpAsync(signs);
    }

    public async ValueTask DisposeAsync()
    {
        if (stage is not null)
            await stage.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class SplittingPostfix() : SplitRig(signs: false);

public sealed class SigningAndSplittingPostfix() : SplitRig(signs: true);
