namespace MilterCrypt.Faults.Kinds;

/// <summary>Nothing goes wrong.</summary>
internal sealed class NoFault : Fault
{
    public override bool HasFired => true;

    public override Task ArmAsync(FaultStage stage, QueueingClient client) => Task.CompletedTask;

    public override Task RelieveAsync(FaultStage stage) => Task.CompletedTask;

    public override string ToString() => "nothing";
}
