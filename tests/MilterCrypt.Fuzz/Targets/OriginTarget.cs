using System.Buffers;
using System.Net;
using System.Text;
using MilterCrypt.Engine.Hops;
using MilterCrypt.Engine.Mail;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>A message at the second hop, from whoever could hand one in between the hops.</summary>
internal static class OriginTarget
{
    private const string Sender = "alice@example.org";
    private const int MaxHeader = 8 * 1024;

    // What the fuzzer has no way to learn is the key: so what is proven was made here.
    private static readonly HopKeys Keys = HopKeys.Of(Enumerable.Repeat((byte)7, HopKeys.MinLength).ToArray());
    private static readonly OriginFacts Facts = new("alice", IPAddress.Parse("2001:db8::1"), Tls: true, MailWay.Outgoing);
    private static readonly string[] Covered =
    [
        "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
        "content-transfer-encoding",
    ];

    private static readonly string[] Messages =
    [
        "From: a@example.org\r\nTo: b@example.net,\r\n c@example.net\r\nSubject: s\r\nX-Other: x\r\n\r\nA body,\r\n\r\nand more.\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\nFrom: a@example.org\r\n\r\n--b\r\n\r\na\r\n--b--\r\n",
        "Message-ID: <1@example.org>\r\nFrom: a@example.org\r\n\r\n",
    ];

    public static IEnumerable<byte[]> Seeds() => Messages.Select(Sealed);

    public static string Run(ReadOnlySpan<byte> input)
    {
        var (header, body) = Divided(input.ToArray());
        if (header is null)
            return "none";
        using var opener = OriginOpener.Begin(Keys, header, Sender, new Clock());
        foreach (byte[] piece in body.Chunk(1 + (input.Length % 11)))
            opener.Write(piece);
        var finding = opener.Finish();
        bool hasField = header.Any(field => field.Name.Trim().Equals(OriginField.Name, StringComparison.OrdinalIgnoreCase));
        FuzzFailureException.Unless(finding is OriginFinding.None == !hasField, "a field is overlooked, or invented");
        FuzzFailureException.Unless(opener.Provisional is not null || finding is not OriginFinding.Proven, "what was not even provisional is proven");
        if (finding is OriginFinding.Proven proven)
        {
            FuzzFailureException.Unless(proven.Facts == Facts, "other facts are proven");
            string said = Gist(header, body);
            FuzzFailureException.Unless(Messages.Any(message => Gist(message) == said), "another message is proven");
        }
        var left = OriginField.StripChanges(header).Apply(header);
        FuzzFailureException.Unless(!left.Any(field => field.Is(OriginField.Name)), "a field is left");
        return finding is OriginFinding.Forged forged ? forged.Reason : finding.GetType().Name;
    }

    private static byte[] Sealed(string message)
    {
        var (header, body) = Divided(Encoding.ASCII.GetBytes(message));
        using var sealer = OriginSealer.Begin(Keys, header!, Sender, Facts, new Clock());
        sealer.Write(body);
        var field = sealer.Finish();
        var output = new ArrayBufferWriter<byte>();
        new HeaderField(field.Name, field.Value).WriteTo(output);
        return [.. output.WrittenSpan, .. Encoding.ASCII.GetBytes(message)];
    }

    // Without white space, which may change: a reader simpler than the one under test.
    private static string Gist(string message)
    {
        var (header, body) = Divided(Encoding.ASCII.GetBytes(message));
        return Gist(header!, body);
    }

    private static string Gist(IReadOnlyList<HeaderField> header, byte[] body)
    {
        var fields = header.Where(field => Covered.Contains(field.Name.ToLowerInvariant()))
            .OrderBy(field => field.Name.ToLowerInvariant(), StringComparer.Ordinal)
            .Select(field => $"{field.Name.ToLowerInvariant()}:{Encoding.Latin1.GetString(field.Value.Span)}");
        string whole = string.Join('\n', fields) + "\n\n" + Encoding.Latin1.GetString(body);
        return string.Concat(whole.Where(c => c is not (' ' or '\t' or '\r' or '\n')));
    }

    private static (IReadOnlyList<HeaderField>? Header, byte[] Body) Divided(byte[] message)
    {
        var buffer = new ReadOnlySequence<byte>(message);
        MessageHeader.TryRead(ref buffer, isComplete: true, MaxHeader, out var header, out _);
        return (header, buffer.ToArray());
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    }
}
