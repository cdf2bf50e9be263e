using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>A real mail server, private to a test: on loopback ports, everything it writes in a folder of the test.</summary>
public interface IMailServer : IAsyncDisposable
{
    /// <summary>Its name as a person says it.</summary>
    string Name { get; }

    /// <summary>Where it takes mail by SMTP, on 127.0.0.1.</summary>
    int SmtpPort { get; }

    /// <summary>Whether it holds no message: nothing waiting, deferred, on hold or not yet picked up.</summary>
    bool QueueIsEmpty { get; }

    /// <summary>Whether it still has something to do: a message waits that is not on hold.</summary>
    bool IsBusy { get; }

    /// <summary>How many messages are on hold.</summary>
    int HeldMessages { get; }

    /// <summary>What it has written of why messages are on hold; null where it tells nobody.</summary>
    string? ReasonsToHold { get; }

    /// <summary>Lets all go on that is on hold, as the administrator does.</summary>
    Task ReleaseAsync(CancellationToken ct);

    /// <summary>Submits a message by the sendmail command, as a user of the machine does. Lines end in LF there.</summary>
    Task<CommandResult> SubmitAsync(string sender, IReadOnlyList<string> recipients, byte[] message, CancellationToken ct);

    /// <summary>Makes it try everything that is deferred at once.</summary>
    Task FlushAsync(CancellationToken ct);
}
