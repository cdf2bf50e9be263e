using System.Globalization;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Probing;

/// <summary>What the filter was told, and what it answered: one command, or several of a kind that it answered alike.
/// Owned by its record.</summary>
internal sealed class ProbeStep(byte command, string subject)
{
    private byte lastCode;
    private int run;
    private long runBytes;

    /// <summary>The command.</summary>
    public byte Command { get; } = command;

    /// <summary>How many commands.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of their data.</summary>
    public long Bytes { get; private set; }

    /// <summary>The last answer that settled something; null where there is none.</summary>
    public MilterAnswer? Answer { get; private set; }

    /// <summary>How long the answers took.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>What the filter did to the message, in its order, in words.</summary>
    public List<string> Edits { get; } = [];

    /// <summary>What was told, in words.</summary>
    public string Words => Command switch
    {
        MilterCommand.Negotiate => "negotiation",
        MilterCommand.Connect => $"CONNECT {subject}",
        MilterCommand.Helo => $"HELO {subject}",
        MilterCommand.Mail => $"MAIL {subject}",
        MilterCommand.Recipient => $"RCPT {subject}",
        MilterCommand.Data => "DATA",
        MilterCommand.Header => Count == 1 ? $"header field {subject}" : Number($"{Count} header fields"),
        MilterCommand.EndOfHeader => "end of header",
        MilterCommand.Body => Number($"body: {Count} piece{(Count == 1 ? "" : "s")}, {Bytes} bytes"),
        _ => "end of message",
    };

    /// <summary>Whether one more command of the kind belongs here.</summary>
    public bool Takes(byte next) => next == Command && next is (MilterCommand.Header or MilterCommand.Body)
        && Answer is null or { Code: MilterReply.Continue };

    /// <summary>One more command.</summary>
    public void Told(int bytes)
    {
        Count++;
        Bytes += bytes;
    }

    /// <summary>The filter says something to it, so much later.</summary>
    public void Answered(MilterAnswer answer, TimeSpan later)
    {
        Time += later;
        bool again = answer.Code == lastCode;
        (run, runBytes) = again ? (run + 1, runBytes + answer.Payload.Length) : (1, answer.Payload.Length);
        lastCode = answer.Code;
        if (EditWords.Of(answer, run, runBytes) is not { } words)
            Answer = answer;
        else if (again && answer.Code is (MilterReply.Progress or MilterReply.ReplaceBody))
            Edits[^1] = words;
        else
            Edits.Add(words);
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
