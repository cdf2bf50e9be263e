using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Engine;

/// <summary>What is planned for a message as a whole, once its header is known.</summary>
public abstract record PlannedWork
{
    private PlannedWork() { }

    /// <summary>It goes on as it came.</summary>
    public sealed record LeaveAlone : PlannedWork;

    /// <summary>It is refused.</summary>
    public sealed record Refuse : PlannedWork;

    /// <summary>All get the same form: the message itself is rewritten.</summary>
    /// <param name="Form">The form.</param>
    public sealed record Rewrite(PlannedForm Form) : PlannedWork;

    /// <summary>Each form is handed over as a message of its own.</summary>
    /// <param name="Forms">All of them.</param>
    public sealed record Split(IReadOnlyList<PlannedForm> Forms) : PlannedWork;

    /// <summary>It is opened.</summary>
    /// <param name="Reader">For whom.</param>
    public sealed record Open(MailAddress Reader) : PlannedWork;

    /// <summary>The hop behind the queue makes the forms; it is told who hands the message in.</summary>
    public sealed record LeaveToNextHop : PlannedWork;
}
