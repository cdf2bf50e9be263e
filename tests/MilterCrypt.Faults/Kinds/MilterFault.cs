using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Faults.Kinds;

/// <summary>At a moment between Postfix and the daemon.</summary>
internal sealed class MilterFault(MilterMoment moment, FaultAction action) : Fault
{
    private bool hasFired;

    public override bool HasFired => hasFired;

    public override Task ArmAsync(FaultStage stage, QueueingClient client)
    {
        stage.Milter.Arm(moment, () => stage.DoAsync(action));
        return Task.CompletedTask;
    }

    public override Task RelieveAsync(FaultStage stage)
    {
        hasFired = stage.Milter.HasFired;
        stage.Milter.Disarm();
        return Task.CompletedTask;
    }

    public override string ToString() =>
        $"{action} at {(moment.FromFilter ? "the filter's" : "Postfix's")} packet {moment.Nth} of {moment.Command}, "
        + (moment.IsWithheld ? "withheld" : "handed on") + (moment.KeepsLine ? "" : moment.IsReset ? ", line reset" : ", line cut");
}
