using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Milter.Tests;

/// <summary>Real sessions of Postfix and Sendmail, sent again: the MTA's side byte for byte.</summary>
public sealed class TranscriptTests
{
    private static readonly string VectorDirectory = Path.Combine(AppContext.BaseDirectory, "milter-transcripts");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Transcripts => new(
        from file in Directory.GetFiles(VectorDirectory, "*.txt").Order()
        from silent in new[] { true, false }
        select (Path.GetFileName(file), silent));

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task EachStepIsAnsweredAndEachMessageIsSeen(string transcript, bool silent)
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter, tcp: true);
        int messages = 0;
        foreach (IGrouping<string, TranscriptPacket> session in
            Read(transcript).GroupBy(p => p.Session))
        {
            // One MTA each way: with silent steps, and with an answer to each.
            MtaHabits habits = silent ? MtaHabits.Postfix : MtaHabits.Postfix with { Offer = new Negotiation(6, (MilterActions)0x1FF, MilterProtocol.LeadingSpace) };
            await using MilterClient client = await server.OpenAsync(habits);
            foreach (TranscriptPacket packet in session.Skip(1))
            {
                byte command = packet.Command;
                await client.SendRawAsync(packet.Bytes, Ct);
                if (command is not (MilterCommand.Macro or MilterCommand.Abort or MilterCommand.Quit) && !Steps.IsSilent(command, client.Agreed.Protocol))
                    Assert.Equal("continue", (await client.ReadAsync(Ct).WaitAsync(Patience.Ample, Ct)).ToString());
                if (command == MilterCommand.EndOfMessage)
                    messages++;
            }

            await Assert.ThrowsAsync<EndOfStreamException>(() => client.ReadAsync(Ct));
        }

        Assert.Equal(messages, filter.Seen.Count(s => s.BodyEnded));
        MtaKind expected = transcript.StartsWith("postfix", StringComparison.Ordinal) ? MtaKind.Postfix : MtaKind.Sendmail;
        Assert.All(filter.Seen, s => Assert.Equal(expected, s.Mail.Session.Mta));
        Assert.All(filter.Seen.Where(s => s.BodyEnded), s => Assert.NotNull(s.QueueId));
        Assert.DoesNotContain(server.Log.Entries, e => e.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public async Task PostfixsLocalSubmissionIsRecognised()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter, tcp: true);
        await using MilterClient client = await server.OpenAsync();
        foreach (TranscriptPacket packet in Read("postfix-3.7.11-local-and-bdat.txt").Where(p => p.Session == "#1").Skip(1))
        {
            byte command = packet.Command;
            await client.SendRawAsync(packet.Bytes, Ct);
            if (command is not (MilterCommand.Macro or MilterCommand.Quit) && !Steps.IsSilent(command, client.Agreed.Protocol))
                await client.ReadAsync(Ct);
        }

        Assert.True(filter.Last.Mail.IsLocalSubmission);
        Assert.Equal("D2438B5E595", filter.Last.QueueId);
        Assert.Equal(2, filter.Last.Mail.Recipients.Count);
    }

    private static IEnumerable<TranscriptPacket> Read(string transcript) =>
        MilterTranscript.Read(Path.Combine(VectorDirectory, transcript));
}
