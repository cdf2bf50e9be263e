namespace MilterCrypt.Faults.Kinds;

/// <summary>Somebody moves the journal away while the daemon has it open, and puts it back.</summary>
internal sealed class MovedJournal : Fault
{
    public override bool HasFired => true;

    public override Task ArmAsync(FaultStage stage, QueueingClient client)
    {
        File.Move(stage.JournalFile, stage.JournalFile + ".aside");
        return Task.CompletedTask;
    }

    public override Task RelieveAsync(FaultStage stage)
    {
        File.Move(stage.JournalFile + ".aside", stage.JournalFile);
        return Task.CompletedTask;
    }

    public override string ToString() => $"moved away for {Tries} tries";
}
