namespace MilterCrypt.Faults.Kinds;

/// <summary>Nobody listens where parts are to be brought.</summary>
internal sealed class RefusedConnections : Fault
{
    public override bool HasFired => true;

    public override Task ArmAsync(FaultStage stage, QueueingClient client) => stage.Injection.RefuseAsync();

    public override Task RelieveAsync(FaultStage stage)
    {
        stage.Injection.Listen();
        return Task.CompletedTask;
    }

    public override string ToString() => $"connections refused for {Tries} tries";
}
