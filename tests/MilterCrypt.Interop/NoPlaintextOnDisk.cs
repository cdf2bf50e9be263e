using System.Text;
using MilterCrypt.Interop.Rigs;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Interop;

/// <summary>A message of 30 MB does not fit into the daemon's memory. What it puts on a disk meanwhile is watched from outside:
/// the files that it holds open, removed ones too, and every write that it makes.</summary>
public sealed class NoPlaintextOnDisk(TappedSendmail rig) : IClassFixture<TappedSendmail>
{
    [Fact]
    public async Task NoFileOfTheDaemonEverHoldsTheMessageInClear()
    {
        rig.Require();
        var letter = Letter.Large(30_000_000);
        await using var files = OpenFiles.Watch(rig.Daemon.ProcessId, Encoding.ASCII.GetBytes(Letter.Secret));
        // The ciphertext has to wait somewhere, in a file that has no name any more; before it leaves, it is looked at.
        bool IsSeen() => files.Seen.Any(file => file.Key.StartsWith(rig.Daemon.SpoolDirectory, StringComparison.Ordinal)
            && file.Key.EndsWith("(deleted)", StringComparison.Ordinal) && file.Value > letter.Body.Length);
        rig.Tap.Arm(
            new MilterMoment(FromFilter: true, 'b') { KeepsLine = true },
            () => Patience.UntilAsync(IsSeen, () => "no spool file was seen"));
        await SendAsync(letter);

        Assert.Empty(files.Found);
        Assert.True(IsSeen(), "the watch looked at nothing");
        Assert.Empty(Directory.EnumerateFileSystemEntries(rig.Daemon.SpoolDirectory));
    }

    [Fact]
    public async Task NoWriteOfTheDaemonCarriesTheMessageInClear()
    {
        rig.Require();
        Assert.SkipWhen(TracedWrites.Missing() is not null, TracedWrites.Missing() ?? "");
        var letter = Letter.Large(30_000_000);
        await using var trace = await TracedWrites.BeginAsync(rig.Daemon.ProcessId);
        await SendAsync(letter);

        string[] calls = await trace.EndAsync();
        Assert.DoesNotContain(calls, call => call.Contains(Letter.Secret, StringComparison.Ordinal));
        Assert.Contains(calls, call => call.Contains("pwrite64(", StringComparison.Ordinal)
            && call.Contains(rig.Daemon.SpoolDirectory, StringComparison.Ordinal));
    }

    private async Task SendAsync(Letter letter)
    {
        await using var conversation = await rig.BeginAsync();
        Assert.True((await conversation.SendAsync(Letter.Sender, [rig.Bob.Address], letter.Bytes)).IsTaken);
        await rig.Sink.WaitForAsync(letter.Mark);
    }
}
