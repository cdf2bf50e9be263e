using System.Text;

namespace MilterCrypt.TestSupport.Processes;

/// <summary>What a command that ended left behind.</summary>
public sealed record CommandResult(int ExitCode, byte[] Output, string Error)
{
    public string OutputText => Encoding.UTF8.GetString(Output);

    /// <summary>Gives this result back, or throws with what the command said when it failed.</summary>
    public CommandResult OrThrow() =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"exit code {ExitCode}: {Error}{OutputText}");
}
