using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>An SMTP client that sends the bytes it is told to, odd ones too, and any number of messages per connection.</summary>
public sealed class SmtpConversation : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly CancellationToken _ct;
    private Stream _stream;
    private SmtpLines _lines;

    private SmtpConversation(TcpClient client, CancellationToken ct)
    {
        _client = client;
        _stream = client.GetStream();
        _lines = new SmtpLines(_stream);
        _ct = ct;
    }

    /// <summary>What the server offered after EHLO.</summary>
    public string Capabilities { get; private set; } = "";

    /// <summary>A conversation in which EHLO was said.</summary>
    public static async Task<SmtpConversation> BeginAsync(int port, CancellationToken ct)
    {
        var (conversation, _) = await ConnectAsync(port, ct);
        await conversation.GreetAsync();
        return conversation;
    }

    /// <summary>A conversation in which the server alone has spoken, and what it said.</summary>
    public static async Task<(SmtpConversation Conversation, SmtpAnswer Greeting)> ConnectAsync(int port, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, ct);
        var conversation = new SmtpConversation(client, ct);
        return (conversation, await conversation.ReadAnswerAsync());
    }

    /// <summary>STARTTLS (RFC 3207) in the middle of the conversation, and EHLO again.</summary>
    /// <param name="certificate">The one that the server must show, in DER.</param>
    public async Task StartTlsAsync(byte[] certificate)
    {
        var go = await CommandAsync("STARTTLS");
        if (go.Code != 220)
            throw new InvalidOperationException($"STARTTLS was answered with {go}");
        var tls = new SslStream(_stream);
        (_stream, _lines) = (tls, new SmtpLines(tls));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "mx.test.example",
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(certificate),
            },
            _ct);
        await GreetAsync();
    }

    public async Task<SmtpAnswer> CommandAsync(string line)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"));
        return await ReadAnswerAsync();
    }

    /// <summary>Writes bytes as they are: commands in advance of their answers, parts of a message.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, _ct);

    /// <summary>One whole message; stops at the first refusal that leaves nothing to send.</summary>
    /// <param name="message">Header and body with CRLF; dots are stuffed, and the final CRLF added where it is missing.</param>
    public async Task<SmtpOutcome> SendAsync(string sender, IReadOnlyList<string> recipients, byte[] message, string arguments = "")
    {
        var mail = await CommandAsync($"MAIL FROM:<{sender}>{(arguments == "" ? "" : " " + arguments)}");
        var answers = new List<SmtpAnswer>();
        foreach (string recipient in mail.IsSuccess ? recipients : [])
            answers.Add(await CommandAsync($"RCPT TO:<{recipient}>"));
        if (!answers.Any(answer => answer.IsSuccess))
            return new SmtpOutcome(mail, answers, null);

        var go = await CommandAsync("DATA");
        return go.Code == 354
            ? new SmtpOutcome(mail, answers, await SendDataAsync(message))
            : new SmtpOutcome(mail, answers, go);
    }

    /// <summary>The message and its final dot, after DATA was answered with 354.</summary>
    public async Task<SmtpAnswer> SendDataAsync(byte[] message)
    {
        await WriteAsync(Stuff(message));
        await WriteAsync(message.AsSpan().EndsWith("\r\n"u8) ? ".\r\n"u8.ToArray() : "\r\n.\r\n"u8.ToArray());
        return await ReadAnswerAsync();
    }

    /// <summary>A piece of a message by BDAT (RFC 3030).</summary>
    public async Task<SmtpAnswer> SendChunkAsync(ReadOnlyMemory<byte> chunk, bool last)
    {
        string command = string.Create(CultureInfo.InvariantCulture, $"BDAT {chunk.Length}{(last ? " LAST" : "")}\r\n");
        await WriteAsync(Encoding.ASCII.GetBytes(command));
        await WriteAsync(chunk);
        return await ReadAnswerAsync();
    }

    public async Task<SmtpAnswer> ReadAnswerAsync()
    {
        var text = new StringBuilder();
        try
        {
            while (await _lines.ReadAsync(_ct) is { } line)
            {
                string part = Encoding.UTF8.GetString(line.Span);
                text.Append(text.Length == 0 ? "" : "\n").Append(part.Length > 4 ? part[4..] : "");
                if (part.Length < 4 || part[3] != '-')
                    return new SmtpAnswer(int.Parse(part[..3], CultureInfo.InvariantCulture), text.ToString());
            }
        }
        catch (IOException)
        {
            // Reset is the rude form of hanging up.
        }

        return SmtpAnswer.Gone;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task GreetAsync() => Capabilities = (await CommandAsync("EHLO client.test.example")).Text;

    private static ReadOnlyMemory<byte> Stuff(byte[] message)
    {
        // RFC 5321 §4.5.2; only a line that follows CRLF is a line.
        var stuffed = new ArrayBufferWriter<byte>(message.Length + 64);
        if (message.AsSpan().StartsWith("."u8))
            stuffed.Write("."u8);
        int from = 0;
        for (int at; (at = message.AsSpan(from).IndexOf("\r\n."u8)) >= 0; from += at + 3)
        {
            stuffed.Write(message.AsSpan(from, at + 3));
            stuffed.Write("."u8);
        }

        stuffed.Write(message.AsSpan(from));
        return stuffed.WrittenMemory;
    }
}
