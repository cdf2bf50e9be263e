namespace MilterCrypt.Faults.Kinds;

/// <summary>No room where something is to be written.</summary>
/// <param name="disk">Where.</param>
internal sealed class FullDisk(Func<FaultStage, TinyDisk> disk) : Fault
{
    public override bool HasFired => true;

    public override Task ArmAsync(FaultStage stage, QueueingClient client)
    {
        disk(stage).Fill();
        return Task.CompletedTask;
    }

    public override Task RelieveAsync(FaultStage stage)
    {
        disk(stage).Free();
        return Task.CompletedTask;
    }

    public override string ToString() => $"no room for {Tries} tries";
}
