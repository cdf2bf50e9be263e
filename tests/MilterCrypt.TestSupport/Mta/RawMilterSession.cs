using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>The MTA's side of a session as cheaply as it can be played: bytes that were made beforehand, one blocking thread, and
/// nothing of our own library. Writes as Postfix does: what needs no answer waits for what does, leaves in pieces of 4096 bytes,
/// and Nagle's algorithm is on.</summary>
public sealed class RawMilterSession : IDisposable
{
    private const int Piece = 4096;
    private const int MaxUnsent = 60 * 1024;

    // SMFIP_NO* and SMFIP_NR_*: the bits that leave a command, or its answer, out.
    private static readonly Dictionary<char, (uint LeftOut, uint Silent)> Bits = new()
    {
        ['C'] = (0x1, 0x1000), ['H'] = (0x2, 0x2000), ['M'] = (0x4, 0x4000), ['R'] = (0x8, 0x8000),
        ['T'] = (0x200, 0x10000), ['L'] = (0x20, 0x80), ['N'] = (0x40, 0x40000), ['B'] = (0x10, 0x80000),
    };

    private readonly Socket _socket;
    private readonly byte[] _input = new byte[128 * 1024];
    private readonly MemoryStream _output = new();
    private uint _agreed;
    private int _filled;
    private int _taken;

    public RawMilterSession(Socket connected) => _socket = connected;

    /// <summary>Negotiation, CONNECT and HELO.</summary>
    public void Greet()
    {
        byte[] offer = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(offer, 6);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(4), 0x1FF);
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(8), 0x1FFFFF);
        Write('O', offer);
        _agreed = BinaryPrimitives.ReadUInt32BigEndian(Answer('O')[8..]);
        Step('C', "mail.example\04\0\u0019127.0.0.1\0", "j\0mx.example\0{daemon_name}\0smtpd\0v\0Postfix 3.7.11\0");
        Step('H', "mail.example\0", "");
    }

    /// <summary>One message of eight header fields, from MAIL to the verdict and Postfix's ABORT.</summary>
    /// <returns>How many bytes of body came back.</returns>
    public int Deliver(byte[] body)
    {
        Begin();
        WriteBody(body);
        return End();
    }

    /// <summary>From MAIL to the end of the header, which the filter must want the body after.</summary>
    public void Begin()
    {
        if (Begin("bob@partner.example") is var answer and not 'c')
            throw new InvalidOperationException($"'{answer}' where the body was to be asked for");
    }

    /// <summary>From MAIL to the end of the header, or to the filter's last word before that.</summary>
    /// <returns>The last answer: c where the body is wanted, a where it is not, y where a recipient is refused.</returns>
    public char Begin(params IReadOnlyList<string> recipients)
    {
        Step('M', "<alice@sender.example>\0SIZE=10240\0", "{mail_addr}\0alice@sender.example\0");
        foreach (string recipient in recipients)
        {
            char answer = Ask('R', $"<{recipient}>\0", $"i\04XyZ1234\0{{rcpt_addr}}\0{recipient}\0{{rcpt_mailer}}\0smtp\0");
            if (answer != 'c')
                return answer;
        }
        Step('T', "", "i\04XyZ1234\0");
        for (int i = 0; i < 8; i++)
            Step('L', $"X-Field-{i}\0 a value of some length, as header fields have it\0", "i\04XyZ1234\0");
        return Ask('N', "", "i\04XyZ1234\0");
    }

    /// <summary>A piece of the body, at most 65535 bytes.</summary>
    public void WriteBody(ReadOnlySpan<byte> piece)
    {
        Write('D', "Bi\04XyZ1234\0"u8);
        Write('B', piece);
        if ((_agreed & Bits['B'].Silent) == 0)
            Answer('c');
        else if (_output.Length > MaxUnsent)
            Send();
    }

    /// <summary>End of message, the edits, the verdict, and Postfix's ABORT.</summary>
    /// <returns>How many bytes of body came back.</returns>
    public int End()
    {
        Write('D', "Ei\04XyZ1234\0"u8);
        Write('E', []);

        int returned = 0;
        while (true)
        {
            ReadOnlySpan<byte> answer = Next(out char code);
            if (code == 'b')
                returned += answer.Length;
            else if (code is 'c' or 'a' or 'd')
                break;
            else if (code is not ('h' or 'm' or 'i' or 'p'))
                throw new InvalidOperationException($"'{code}' where edits and a verdict were expected: {Encoding.UTF8.GetString(answer)}");
        }

        Abort();
        return returned;
    }

    /// <summary>The message, if there is one, is over.</summary>
    public void Abort() => Write('A', []);

    public void Quit()
    {
        Write('Q', []);
        Send();
    }

    /// <summary>Sends bytes as they are, behind what was written before.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        Send();
    }

    /// <summary>Waits for the filter to hang up.</summary>
    public void ReadToEnd()
    {
        try
        {
            while (_socket.Receive(_input) > 0)
                continue;
        }
        catch (SocketException)
        {
            // What it had not read yet makes its end a reset.
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Step(char command, string payload, string macros)
    {
        if (Ask(command, payload, macros) is var answer and not 'c')
            throw new InvalidOperationException($"'{answer}' where {command} was to go on");
    }

    private char Ask(char command, string payload, string macros)
    {
        // Postfix sends macros even where the command is left out.
        Write('D', Encoding.Latin1.GetBytes(command + macros));
        if ((_agreed & Bits[command].LeftOut) != 0)
            return 'c';
        Write(command, Encoding.Latin1.GetBytes(payload));
        if ((_agreed & Bits[command].Silent) != 0)
            return 'c';
        Next(out char answer);
        return answer;
    }

    private void Write(char code, ReadOnlySpan<byte> payload)
    {
        Span<byte> prefix = stackalloc byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix, payload.Length + 1);
        prefix[4] = (byte)code;
        _output.Write(prefix);
        _output.Write(payload);
    }

    private void Send()
    {
        ReadOnlySpan<byte> all = _output.GetBuffer().AsSpan(0, (int)_output.Length);
        for (; !all.IsEmpty; all = all[Math.Min(Piece, all.Length)..])
            _socket.Send(all[..Math.Min(Piece, all.Length)]);
        _output.SetLength(0);
    }

    private ReadOnlySpan<byte> Answer(char expected)
    {
        ReadOnlySpan<byte> answer = Next(out char code);
        return code == expected ? answer : throw new InvalidOperationException($"'{code}' where '{expected}' was expected");
    }

    private ReadOnlySpan<byte> Next(out char code)
    {
        Send();
        Need(4);
        int length = BinaryPrimitives.ReadInt32BigEndian(_input.AsSpan(_taken));
        Need(4 + length);
        code = (char)_input[_taken + 4];
        var payload = _input.AsSpan(_taken + 5, length - 1);
        _taken += 4 + length;
        return payload;
    }

    private void Need(int bytes)
    {
        while (_filled - _taken < bytes)
        {
            _input.AsSpan(_taken, _filled - _taken).CopyTo(_input);
            (_filled, _taken) = (_filled - _taken, 0);
            int read = _socket.Receive(_input.AsSpan(_filled));
            _filled += read > 0 ? read : throw new InvalidOperationException("the filter hung up");
        }
    }
}
