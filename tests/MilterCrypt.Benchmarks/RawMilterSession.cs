using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Benchmarks;

/// <summary>The MTA's side of a session as cheaply as it can be played: bytes that were made beforehand, one blocking thread. Writes as
/// Postfix does: what needs no answer waits for what does, leaves in pieces of 4096 bytes, and Nagle's algorithm is on.</summary>
internal sealed class RawMilterSession : IDisposable
{
    private const int Piece = 4096;
    private const int MaxUnsent = 60 * 1024;

    private readonly Socket socket;
    private readonly byte[] input = new byte[128 * 1024];
    private readonly MemoryStream output = new();
    private MilterProtocol agreed;
    private int filled, taken;

    public RawMilterSession(Socket connected) => socket = connected;

    /// <summary>Negotiation, CONNECT and HELO.</summary>
    public void Greet()
    {
        byte[] offer = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(offer, 6);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(4), 0x1FF);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(8), 0x1FFFFF);
        Write(MilterCommand.Negotiate, offer);
        agreed = (MilterProtocol)BinaryPrimitives.ReadUInt32BigEndian(Answer(MilterCommand.Negotiate)[8..]);
        Step(MilterCommand.Connect, "mail.example\04\0\u0019127.0.0.1\0", "j\0mx.example\0{daemon_name}\0smtpd\0v\0Postfix 3.7.11\0");
        Step(MilterCommand.Helo, "mail.example\0", "");
    }

    /// <summary>One message of eight header fields, from MAIL to the verdict and Postfix's ABORT.</summary>
    /// <returns>How many bytes of body came back.</returns>
    public int Deliver(byte[] body)
    {
        Begin();
        WriteBody(body);
        return End();
    }

    /// <summary>From MAIL to the end of the header.</summary>
    public void Begin()
    {
        Step(MilterCommand.Mail, "<alice@sender.example>\0SIZE=10240\0", "{mail_addr}\0alice@sender.example\0");
        Step(MilterCommand.Recipient, "<bob@partner.example>\0", "i\04XyZ1234\0{rcpt_addr}\0bob@partner.example\0{rcpt_mailer}\0smtp\0");
        Step(MilterCommand.Data, "", "i\04XyZ1234\0");
        for (int i = 0; i < 8; i++)
            Step(MilterCommand.Header, $"X-Field-{i}\0 a value of some length, as header fields have it\0", "i\04XyZ1234\0");
        Step(MilterCommand.EndOfHeader, "", "i\04XyZ1234\0");
    }

    /// <summary>A piece of the body, at most 65535 bytes.</summary>
    public void WriteBody(ReadOnlySpan<byte> piece)
    {
        Write(MilterCommand.Macro, "Bi\04XyZ1234\0"u8);
        Write(MilterCommand.Body, piece);
        if ((agreed & MilterProtocol.SilentBody) == 0)
            Expect(MilterReply.Continue);
        else if (output.Length > MaxUnsent)
            Send();
    }

    /// <summary>End of message, the edits and the verdict.</summary>
    /// <returns>How many bytes of body came back.</returns>
    public int End()
    {
        Write(MilterCommand.Macro, "Ei\04XyZ1234\0"u8);
        Write(MilterCommand.EndOfMessage, []);

        int returned = 0;
        while (true)
        {
            ReadOnlySpan<byte> answer = Next(out byte code);
            if (code == MilterReply.ReplaceBody)
                returned += answer.Length;
            else if (code is MilterReply.Continue or MilterReply.Accept)
                break;
            else if (code is not (MilterReply.AddHeader or MilterReply.ChangeHeader or MilterReply.InsertHeader or MilterReply.Progress))
                throw new InvalidOperationException($"'{(char)code}' where edits and a verdict were expected: {Encoding.UTF8.GetString(answer)}");
        }

        Write(MilterCommand.Abort, []);
        return returned;
    }

    public void Quit()
    {
        Write(MilterCommand.Quit, []);
        Send();
    }

    public void Dispose() => socket.Dispose();

    private void Step(byte command, string payload, string macros)
    {
        (MilterProtocol leftOut, MilterProtocol silent) = command switch
        {
            MilterCommand.Connect => (MilterProtocol.NoConnect, MilterProtocol.SilentConnect),
            MilterCommand.Helo => (MilterProtocol.NoHelo, MilterProtocol.SilentHelo),
            MilterCommand.Mail => (MilterProtocol.NoMail, MilterProtocol.SilentMail),
            MilterCommand.Recipient => (MilterProtocol.NoRecipient, MilterProtocol.SilentRecipient),
            MilterCommand.Data => (MilterProtocol.NoData, MilterProtocol.SilentData),
            MilterCommand.Header => (MilterProtocol.NoHeaders, MilterProtocol.SilentHeader),
            _ => (MilterProtocol.NoEndOfHeader, MilterProtocol.SilentEndOfHeader),
        };
        // Postfix sends macros even where the command is left out.
        Write(MilterCommand.Macro, Encoding.Latin1.GetBytes((char)command + macros));
        if ((agreed & leftOut) != 0)
            return;
        Write(command, Encoding.Latin1.GetBytes(payload));
        if ((agreed & silent) == 0)
            Expect(MilterReply.Continue);
    }

    private void Write(byte code, ReadOnlySpan<byte> payload)
    {
        Span<byte> prefix = stackalloc byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix, payload.Length + 1);
        prefix[4] = code;
        output.Write(prefix);
        output.Write(payload);
    }

    private void Send()
    {
        ReadOnlySpan<byte> all = output.GetBuffer().AsSpan(0, (int)output.Length);
        for (; !all.IsEmpty; all = all[Math.Min(Piece, all.Length)..])
            socket.Send(all[..Math.Min(Piece, all.Length)]);
        output.SetLength(0);
    }

    private void Expect(byte code) => Answer(code);

    private ReadOnlySpan<byte> Answer(byte expected)
    {
        ReadOnlySpan<byte> answer = Next(out byte code);
        return code == expected ? answer : throw new InvalidOperationException($"'{(char)code}' where '{(char)expected}' was expected");
    }

    private ReadOnlySpan<byte> Next(out byte code)
    {
        Send();
        int length = Need(4) ? BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(taken)) : 0;
        Need(4 + length);
        code = input[taken + 4];
        var payload = input.AsSpan(taken + 5, length - 1);
        taken += 4 + length;
        return payload;
    }

    private bool Need(int bytes)
    {
        while (filled - taken < bytes)
        {
            input.AsSpan(taken, filled - taken).CopyTo(input);
            (filled, taken) = (filled - taken, 0);
            int read = socket.Receive(input.AsSpan(filled));
            filled += read > 0 ? read : throw new InvalidOperationException("the filter hung up");
        }

        return true;
    }
}
