using MilterCrypt.TestSupport;

namespace MilterCrypt.Faults.Kinds;

/// <summary>At a system call of the journal.</summary>
/// <param name="injection">As strace has it.</param>
internal sealed class TracedFault(string injection) : Fault
{
    private JournalTrace? trace;
    private bool hasFired;

    public override bool HasFired => hasFired;

    public override Task ArmAsync(FaultStage stage, QueueingClient client) => Patience.UntilAsync(
        async () =>
        {
            // A daemon that the last fault has killed may still have been there when it was looked for.
            await stage.EnsureRunningAsync();
            return (trace = await JournalTrace.TryBeginAsync(stage.Daemon, injection)) is not null;
        },
        () => "the journal's thread can't be traced: " + stage.Log);

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
