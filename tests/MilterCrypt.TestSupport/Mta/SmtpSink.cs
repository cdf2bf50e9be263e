using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>The next hop behind the mail server under test: takes what it is given and keeps it byte for byte.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _conversations = new();
    private readonly ConcurrentQueue<SinkMessage> _messages = new();
    private readonly Task _accepting;

    private SmtpSink(TcpListener listener)
    {
        _listener = listener;
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Everything delivered so far, oldest first.</summary>
    public IReadOnlyList<SinkMessage> Messages => [.. _messages];

    /// <summary>Whether the sink offers 8BITMIME; a mail server converts 8-bit mail for one that doesn't.</summary>
    public bool TakesEightBit { get; set; } = true;

    /// <summary>Asked with each command line, and with "." at end of data: a reply of its own, or null for the usual one. What
    /// it awaits stalls the conversation.</summary>
    public Func<string, ValueTask<string?>>? Answer { get; set; }

    public static SmtpSink Start()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 128);
        return new SmtpSink(listener);
    }

    /// <summary>Waits for the message that has <paramref name="mark"/> in its header.</summary>
    public Task<SinkMessage> WaitForAsync(string mark) =>
        WaitForAsync(message => message.HeaderText.Contains(mark, StringComparison.Ordinal), $"with \"{mark}\"");

    /// <summary>Waits for the message with this envelope sender.</summary>
    public Task<SinkMessage> WaitForSenderAsync(string sender) =>
        WaitForAsync(message => message.Sender == sender, $"from <{sender}>");

    /// <summary>Waits for the report that the message with <paramref name="mark"/> was not delivered.</summary>
    public Task<SinkMessage> WaitForBounceAsync(string mark) =>
        WaitForAsync(message => message.Sender == "" && message.Contains(mark), $"that reports on \"{mark}\"");

    /// <summary>Those delivered with <paramref name="mark"/> in their header.</summary>
    public IReadOnlyList<SinkMessage> With(string mark) =>
        [.. _messages.Where(m => m.HeaderText.Contains(mark, StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_conversations.Keys);
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task<SinkMessage> WaitForAsync(Func<SinkMessage, bool> wanted, string which)
    {
        SinkMessage? found = null;
        await Patience.UntilAsync(
            () => (found = _messages.FirstOrDefault(wanted)) is not null,
            () => $"no message {which} among the {_messages.Count} that were delivered");
        return found!;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var conversation = TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
                _conversations.TryAdd(conversation, true);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await TalkAsync(client.GetStream());
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The mail server went away, or the test is over.
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        var lines = new SmtpLines(stream);
        Task Say(string reply) => stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), _stop.Token).AsTask();
        await Say("220 sink.test.example ESMTP");

        string mail = "";
        var recipients = new List<string>();
        while (await lines.ReadAsync(_stop.Token) is { } line)
        {
            string command = Encoding.UTF8.GetString(line.Span);
            string verb = command.Split([' ', ':'], 2)[0].ToUpper(CultureInfo.InvariantCulture);
            if (Answer is not null && await Answer(command) is { } own)
            {
                await Say(own);
                continue;
            }

            switch (verb)
            {
                case "EHLO":
                    string eightBit = TakesEightBit ? "250-8BITMIME\r\n250-SMTPUTF8\r\n" : "";
                    await Say($"250-sink.test.example\r\n250-PIPELINING\r\n{eightBit}250 DSN");
                    break;
                case "MAIL":
                    (mail, recipients) = (command, []);
                    await Say("250 2.1.0 ok");
                    break;
                case "RCPT":
                    recipients.Add(command);
                    await Say("250 2.1.5 ok");
                    break;
                case "DATA":
                    await Say("354 go on");
                    if (await lines.ReadMessageAsync(_stop.Token) is not { } data)
                        return;
                    string? refusal = Answer is null ? null : await Answer(".");
                    if (refusal is null)
                        _messages.Enqueue(new SinkMessage(mail, recipients, data));
                    await Say(refusal ?? "250 2.0.0 kept");
                    break;
                case "QUIT":
                    await Say("221 2.0.0 bye");
                    return;
                default:
                    await Say("250 2.0.0 ok");
                    break;
            }
        }
    }
}
