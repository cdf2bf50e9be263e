namespace MilterCrypt.Faults;

/// <summary>Something that goes wrong during one try of a message, or several.</summary>
public abstract class Fault
{
    /// <summary>For how many tries it lasts.</summary>
    public int Tries { get; init; } = 1;

    /// <summary>Whether it has done its harm, as far as can be seen; to be asked when it is over.</summary>
    public abstract bool HasFired { get; }

    /// <summary>Prepares it.</summary>
    public abstract Task ArmAsync(FaultStage stage, QueueingClient client);

    /// <summary>Takes it away.</summary>
    public abstract Task RelieveAsync(FaultStage stage);
}
