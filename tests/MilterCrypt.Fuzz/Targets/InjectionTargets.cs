using System.Text;
using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What an MTA's listener says to a message that is brought back to it.</summary>
internal static class InjectionTargets
{
    /// <summary>Replies, whole and in pieces: the same becomes of both, and what is told of them is short and printable.</summary>
    public static string Replies(ReadOnlySpan<byte> input)
    {
        string whole = Read(input, input.Length);
        FuzzFailureException.Unless(Read(input, 1) == whole && Read(input, 7) == whole, "where the octets are cut matters");
        return whole.Length <= 60 ? whole : whole[..60];
    }

    /// <summary>Seeds of <see cref="Replies"/>.</summary>
    public static IEnumerable<byte[]> ReplySeeds() =>
        new[]
        {
            "220 mx.test.example ESMTP Postfix\r\n250-mx.test.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n",
            "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as 4XyZ12\r\n221 2.0.0 Bye\r\n",
            "250 2.0.0 57QAbcde012345 Message accepted for delivery\r\n", "550-5.7.1 one\r\n550 5.7.1 two\r\n", "421 4.3.2 closing\n", "250\r\n", "999 no\r\n",
        }.Select(Encoding.ASCII.GetBytes);

    private static string Read(ReadOnlySpan<byte> input, int pieceLength)
    {
        var reader = new ListenerReplyReader();
        var outcome = new StringBuilder();
        try
        {
            for (; !input.IsEmpty; input = input[Math.Min(pieceLength, input.Length)..])
            {
                var piece = input[..Math.Min(pieceLength, input.Length)];
                while (reader.Read(ref piece) is { } reply)
                    outcome.Append(Describe(reply));
            }
        }
        catch (ListenerException refused)
        {
            return outcome + refused.Message;
        }

        return outcome + (reader.IsAmidReply ? "cut" : "");
    }

    private static string Describe(ListenerReply reply)
    {
        FuzzFailureException.Unless(reply.Code is >= 200 and <= 599 && reply.Lines.Count is >= 1 and <= ListenerReplyReader.MaxLines, "it is no reply");
        FuzzFailureException.Unless(reply.Text.Length <= 200 && reply.Text.All(c => c is >= ' ' and <= '~'), "a text forges a line of the log");
        FuzzFailureException.Unless(reply.EnhancedStatus[0] - '0' == reply.Code / 100 && reply.EnhancedStatus.Length <= "5.999.999".Length, "a status is of another class");
        FuzzFailureException.Unless(reply.QueueId is null or { Length: > 0 and <= 64 }, "a queue id is none");
        return $"{reply.Code} {EnvelopeCommands.ReadOffer(reply)} {reply.QueueId is not null} ";
    }
}
