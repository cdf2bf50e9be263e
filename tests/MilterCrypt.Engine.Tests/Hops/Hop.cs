using System.Net;
using System.Text;
using MilterCrypt.Engine.Hops;

namespace MilterCrypt.Engine.Tests.Hops;

/// <summary>Both hops, with what passes between them.</summary>
internal static class Hop
{
    public const string Sender = "alice@example.org";

    public static readonly DateTimeOffset Then = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    public static readonly OriginFacts Facts = new("alice", IPAddress.Parse("192.0.2.1"), Tls: true, MailWay.Outgoing);

    public static readonly string Message = """
        From: Alice <alice@example.org>
        To: bob@example.net,
         carol@example.net
        Subject: a  subject
        Date: Tue, 24 Nov 2026 10:59:59 +0100
        Message-ID: <1@example.org>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit
        X-Mailer: some

        A body,
          with  blanks inside

        and lines.

        """.ReplaceLineEndings("\r\n");

    public static HopKeys Keys(params byte[] firstOctets) =>
        HopKeys.Of([.. (firstOctets.Length > 0 ? firstOctets : [1]).Select(first => Enumerable.Repeat(first, HopKeys.MinLength).ToArray())]);

    /// <summary>The message as it leaves the first hop.</summary>
    public static string Seal(string message, OriginFacts? facts = null, string sender = Sender, HopKeys? keys = null, DateTimeOffset? now = null)
    {
        var letter = Letter.Read(message);
        using var sealer = OriginSealer.Begin(keys ?? Keys(), letter.Header, sender, facts ?? Facts, new StoppedClock(now ?? Then));
        sealer.Write(letter.Body);
        var field = sealer.Finish();
        return $"{field.Name}:{Encoding.ASCII.GetString(field.Value.Span).Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n{message.ReplaceLineEndings("\r\n")}";
    }

    /// <summary>What the second hop finds.</summary>
    public static OriginFinding Open(string message, string sender = Sender, HopKeys? keys = null, DateTimeOffset? now = null, int piece = int.MaxValue)
    {
        var letter = Letter.Read(Encoding.Latin1.GetBytes(message));
        using var opener = OriginOpener.Begin(keys ?? Keys(), letter.Header, sender, new StoppedClock(now ?? Then));
        foreach (byte[] part in letter.Body.Chunk(Math.Min(piece, Math.Max(1, letter.Body.Length))))
            opener.Write(part);
        var finding = opener.Finish();
        Assert.True(finding is OriginFinding.Proven or OriginFinding.Forged { Reason: "it is of another body" } == opener.Provisional is not null);
        return finding;
    }
}
