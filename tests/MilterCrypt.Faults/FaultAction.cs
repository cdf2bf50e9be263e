namespace MilterCrypt.Faults;

/// <summary>What befalls somebody at a moment.</summary>
public enum FaultAction
{
    None,

    /// <summary>SIGKILL for the daemon.</summary>
    Kill,

    /// <summary>SIGTERM for the daemon.</summary>
    Terminate,

    /// <summary>SIGHUP for the daemon.</summary>
    HangUp,

    /// <summary>The mail server ends its connections to the daemon.</summary>
    CutMilter,

    /// <summary>It resets them.</summary>
    ResetMilter,

    /// <summary>SIGKILL for the key holder.</summary>
    KillHolder,
}
