using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Milter.Tests.Hostile;

/// <summary>A peer may be gone at any byte; its message is whole or it is not, and its neighbour's is.</summary>
public sealed class VanishingPeerTests
{
    private static readonly IReadOnlyList<WireFrame> Session = WireFrames.SessionWithLongBody;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public enum Way
    {
        /// <summary>It says that it will send no more, and reads to the end (FIN).</summary>
        Closing,

        /// <summary>It is gone, and its answers find nobody (RST).</summary>
        Reset,
    }

    [Theory]
    [InlineData(false, Way.Closing)]
    [InlineData(false, Way.Reset)]
    [InlineData(true, Way.Closing)]
    [InlineData(true, Way.Reset)]
    public async Task WhereverAPeerVanishesItsMessageAloneSuffers(bool tcp, Way way)
    {
        var filter = new ScriptedFilter
        {
            OnMessage = (mail, body) => new MailVerdict.Changed(new MessageChanges(
                [], new MemoryStream(Encoding.UTF8.GetBytes($"{mail.Sender}: {body.Length}")))),
        };
        await using TestServer server = await TestServer.StartAsync(filter, tcp);
        // In the middle of its body all the while. As Sendmail, which says nothing behind its message.
        await using MilterClient neighbour = await server.GreetAsync(MtaHabits.Sendmail);
        await neighbour.MailAsync("<neighbour@a>", Ct);
        await neighbour.RecipientAsync("<b@b>", Ct);
        await neighbour.HeaderAsync(Some.Field("Subject", " x"), Ct);
        await neighbour.EndOfHeaderAsync(Ct);
        await neighbour.BodyAsync(new byte[65535], Ct);

        IReadOnlyList<Cut> cuts = Cuts();
        for (int i = 0; i < cuts.Count; i++)
        {
            using Socket peer = await server.ConnectRawAsync();
            await peer.SendAsync(Sent(i, cuts[i]), Ct);
            await VanishAsync(peer, way);
        }

        await neighbour.BodyAsync(new byte[65535], Ct);
        IReadOnlyList<MilterAnswer> answers = await neighbour.EndOfMessageAsync(Ct);
        Assert.Equal("neighbour@a: 131070", Encoding.UTF8.GetString(answers[0].Payload.Span));
        Assert.Equal("continue", answers[^1].ToString());

        // Once the server has stopped, all that it began has ended.
        await server.StopAsync().WaitAsync(Patience.Ample, Ct);
        foreach (SeenMessage seen in filter.Seen.Where(seen => seen.Mail.Sender != "neighbour@a"))
        {
            Assert.Equal(1, seen.Disposals);
            // Of one that was sent to its end the peer may be gone before its handler is.
            Cut cut = cuts[int.Parse(seen.Mail.Sender.AsSpan(1), CultureInfo.InvariantCulture)];
            if (!cut.IsWhole)
                Assert.False(seen.BodyEnded, $"{cut}");
        }

        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level == LogLevel.Error);
        if (way == Way.Closing)
            Assert.Equal(cuts.Count(cut => cut.HasSender), filter.Seen.Count - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task APeerThatVanishesAmidItsNewBodyEndsItsMessageAlone(bool tcp)
    {
        var filter = new ScriptedFilter
        {
            // More than the kernel holds for a peer that does not read.
            OnMessage = (mail, _) => new MailVerdict.Changed(new MessageChanges(
                [], new MemoryStream(Some.Bytes(mail.Sender == "a@b.example" ? 30_000_000 : 3_000_000)))),
        };
        await using TestServer server = await TestServer.StartAsync(filter, tcp);
        await using MilterClient neighbour = await server.GreetAsync();
        // What comes before the new body is far less than the least of these.
        for (int read = 100_000; read < 2_000_000; read += 400_000)
        {
            using Socket peer = await server.ConnectRawAsync();
            peer.LingerState = new LingerOption(true, 0);
            await peer.SendAsync(WireFrames.Session.TakeWhile(frame => frame.Command != 'A').Bytes(), Ct);
            byte[] answers = new byte[65536];
            for (int taken = 0; taken <= read;)
                taken += await peer.ReceiveAsync(answers, Ct);
            SeenMessage seen = filter.Last;
            peer.Close();
            await seen.Ended.Task.WaitAsync(Patience.Ample, Ct);
            Assert.Empty(seen.Answers);
        }

        Assert.Equal(3_000_000, (await neighbour.DeliverAsync(Some.Message, Ct)).Body.Length);
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    // Behind each frame, within its length, behind its command, and within its data.
    private static List<Cut> Cuts()
    {
        var cuts = new List<Cut>();
        int end = Session.TakeWhile(frame => frame.Command != 'A').Count();
        for (int frame = 0; frame < end; frame++)
        {
            foreach (int within in new[] { 0, 2, 5, 5 + (Session[frame].Payload.Length / 2) }.Distinct())
                cuts.Add(new Cut(frame, within));
        }

        cuts.Add(new Cut(end, 0));
        return cuts;
    }

    private static byte[] Sent(int peer, Cut cut)
    {
        WireFrame[] session = [.. Session.Select(frame =>
            frame.Command == 'M' ? new WireFrame('M', $"<p{peer}>\0SIZE=5\0BODY=8BITMIME\0") : frame)];
        return [.. session.Take(cut.Frame).Bytes(), .. session[cut.Frame].Bytes.Take(cut.Within)];
    }

    private static async Task VanishAsync(Socket peer, Way way)
    {
        if (way == Way.Reset)
        {
            // On a Unix socket, answers that nobody has read make it one.
            peer.LingerState = new LingerOption(true, 0);
            return;
        }

        peer.Shutdown(SocketShutdown.Send);
        try
        {
            byte[] answers = new byte[4096];
            while (await peer.ReceiveAsync(answers, Ct).AsTask().WaitAsync(Patience.Ample, Ct) > 0)
                continue;
        }
        catch (SocketException)
        {
            // A session that ends within a frame is aborted.
        }
    }

    private sealed record Cut(int Frame, int Within)
    {
        public bool HasSender => IsSent('M');

        public bool IsWhole => IsSent('E');

        private bool IsSent(char command)
        {
            int place = Session.Select(frame => frame.Command).ToList().IndexOf(command);
            return Frame > place || (Frame == place && Within == Session[place].Bytes.Length);
        }
    }
}
