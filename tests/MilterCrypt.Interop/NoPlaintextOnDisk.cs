using System.Text;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop;

/// <summary>A message of 30 MB does not fit into the daemon's memory. What it puts on a disk meanwhile is watched from outside:
/// the files that it holds open, removed ones too, and every write that it makes.</summary>
[Collection(typeof(WithSendmailOverUnix))]
public sealed class NoPlaintextOnDisk(SendmailOverUnix rig)
{
    [Fact]
    public async Task NoFileOfTheDaemonEverHoldsTheMessageInClear()
    {
        rig.Require();
        var letter = Letter.Large(30_000_000);
        await using var files = OpenFiles.Watch(rig.Daemon.ProcessId, Encoding.ASCII.GetBytes(Letter.Secret));
        Assert.True((await rig.SendAsync([rig.People.Bob.Address], letter.Bytes)).IsTaken);
        await rig.Sink.WaitForAsync(letter.Mark);

        Assert.Empty(files.Found);
        // Else the watch looked at nothing: the ciphertext has to wait somewhere, and its file has no name any more.
        Assert.Contains(files.Seen, file => file.Key.StartsWith(rig.Daemon.SpoolDirectory, StringComparison.Ordinal)
            && file.Key.EndsWith("(deleted)", StringComparison.Ordinal) && file.Value > 1_000_000);
        Assert.Empty(Directory.EnumerateFileSystemEntries(rig.Daemon.SpoolDirectory));
    }

    [Fact]
    public async Task NoWriteOfTheDaemonCarriesTheMessageInClear()
    {
        rig.Require();
        Assert.SkipWhen(TracedWrites.Missing() is not null, TracedWrites.Missing() ?? "");
        var letter = Letter.Large(30_000_000);
        await using var trace = await TracedWrites.BeginAsync(rig.Daemon.ProcessId);
        Assert.True((await rig.SendAsync([rig.People.Bob.Address], letter.Bytes)).IsTaken);
        await rig.Sink.WaitForAsync(letter.Mark);

        string[] calls = await trace.EndAsync();
        Assert.DoesNotContain(calls, call => call.Contains(Letter.Secret, StringComparison.Ordinal));
        Assert.Contains(calls, call => call.Contains("pwrite64(", StringComparison.Ordinal)
            && call.Contains(rig.Daemon.SpoolDirectory, StringComparison.Ordinal));
    }
}
