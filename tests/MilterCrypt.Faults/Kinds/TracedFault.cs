namespace MilterCrypt.Faults.Kinds;

/// <summary>At a system call of the journal.</summary>
/// <param name="injection">As strace has it.</param>
internal sealed class TracedFault(string injection) : Fault
{
    private JournalTrace? trace;
    private bool hasFired;

    public override bool HasFired => hasFired;

    public override async Task ArmAsync(FaultStage stage, QueueingClient client) => trace = await JournalTrace.BeginAsync(stage.Daemon, injection);

    public override async Task RelieveAsync(FaultStage stage)
    {
        await using (trace)
        {
            (hasFired, bool wasKilled) = await trace!.EndAsync();
            // The thread is gone before the process is.
            if (wasKilled)
                await stage.Daemon.WaitForEndAsync();
        }
    }

    public override string ToString() => $"{injection} for {Tries} tries";
}
