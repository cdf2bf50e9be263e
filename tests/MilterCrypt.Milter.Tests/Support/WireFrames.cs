using System.Buffers;
using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests.Support;

/// <summary>A frame that an MTA sends.</summary>
internal sealed record WireFrame(char Command, byte[] Payload)
{
    public WireFrame(char command, string payload)
        : this(command, Encoding.Latin1.GetBytes(payload)) { }

    public byte[] Bytes
    {
        get
        {
            var output = new ArrayBufferWriter<byte>();
            FrameWriter.WriteBytes(output, (byte)Command, Payload);
            return output.WrittenSpan.ToArray();
        }
    }

    public override string ToString() => $"{Command} {Encoding.Latin1.GetString(Payload).Replace('\0', '|')}";
}

/// <summary>What MTAs send, frame by frame.</summary>
internal static class WireFrames
{
    /// <summary>An offer of everything, as both MTAs make it.</summary>
    public static WireFrame Offer { get; } = Negotiate(MtaHabits.Postfix.Offer);

    /// <summary>An offer with which each step is answered.</summary>
    public static WireFrame TalkativeOffer { get; } =
        Negotiate(new Negotiation(6, (MilterActions)0x1FF, MilterProtocol.LeadingSpace));

    /// <summary>A session with every command in it, a whole message and the beginning of another.</summary>
    public static IReadOnlyList<WireFrame> Session { get; } =
    [
        Offer,
        new('D', "Cj\0mx\0v\0Postfix 3.7.11\0"),
        new('C', "host.example\0" + "4\u001f\u0090192.0.2.1\0"),
        new('D', "H{tls_version}\0TLSv1.3\0"),
        new('H', "helo.example\0"),
        new('U', "TURN now\0"),
        new('D', "M{mail_addr}\0a@b.example\0"),
        new('M', "<a@b.example>\0SIZE=5\0BODY=8BITMIME\0"),
        new('D', "R{rcpt_addr}\0c@d.example\0"),
        new('R', "<c@d.example>\0NOTIFY=NEVER\0"),
        new('D', "Ti\0Q1\0"),
        new('T', ""),
        new('D', "Li\0Q1\0"),
        new('L', "Subject\0 hello\0"),
        new('N', ""),
        new('B', "body\r\n"),
        new('E', "last\r\n"),
        new('A', ""),
        new('M', "<a@b.example>\0SIZE=5\0BODY=8BITMIME\0"),
        new('K', ""),
        new('Q', ""),
    ];

    /// <summary>The same with a body that is long enough for the handler to be at work on it before its end.</summary>
    public static IReadOnlyList<WireFrame> SessionWithLongBody { get; } =
        [.. Session.Select(frame => frame.Command == 'B' ? frame with { Payload = new byte[65536] } : frame)];

    public static byte[] Bytes(this IEnumerable<WireFrame> frames) => [.. frames.SelectMany(frame => frame.Bytes)];

    private static WireFrame Negotiate(Negotiation offer)
    {
        var output = new ArrayBufferWriter<byte>();
        offer.Write(output, new Dictionary<MacroStage, string>());
        return new WireFrame('O', output.WrittenSpan[5..].ToArray());
    }
}
