using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Faults.Kinds;

/// <summary>At a moment between the daemon and Postfix's listener for parts.</summary>
internal sealed class InjectionFault(SmtpMoment moment, FaultAction action) : Fault
{
    private bool hasFired;

    public override bool HasFired => hasFired;

    public override Task ArmAsync(FaultStage stage, QueueingClient client)
    {
        stage.Injection.Arm(moment, () => stage.DoAsync(action));
        return Task.CompletedTask;
    }

    public override Task RelieveAsync(FaultStage stage)
    {
        hasFired = stage.Injection.HasFired;
        stage.Injection.Disarm();
        return Task.CompletedTask;
    }

    public override string ToString() =>
        $"{action} {(moment.IsAfterwards ? "behind" : "before")} {moment}, " + (moment.Refusal ?? (moment.IsWithheld ? "withheld" : "handed on"))
        + (!moment.CutsLine ? "" : moment.IsReset ? ", line reset" : ", line cut");
}
