using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Faults.Kinds;

/// <summary>The client goes away before it hears the answer: once the message's end is out, or when the daemon has said its verdict.</summary>
/// <param name="atVerdict">Whether when the daemon has said its verdict.</param>
internal sealed class LostAnswer(bool atVerdict) : Fault
{
    private bool hasFired;

    public override bool HasFired => hasFired;

    public override Task ArmAsync(FaultStage stage, QueueingClient client)
    {
        client.HangsUp = !atVerdict;
        if (atVerdict)
            stage.Milter.Arm(MilterMoment.FilterSends('d') with { KeepsLine = true }, client.CutAsync);
        return Task.CompletedTask;
    }

    public override Task RelieveAsync(FaultStage stage)
    {
        hasFired = !atVerdict || stage.Milter.HasFired;
        stage.Milter.Disarm();
        return Task.CompletedTask;
    }

    public override string ToString() => atVerdict ? "client gone at the verdict" : "client gone behind the message's end";
}
