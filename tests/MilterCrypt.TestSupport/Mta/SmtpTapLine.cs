using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MilterCrypt.TestSupport.Mta;

/// <summary>One client's line through a tap.</summary>
/// <param name="tap">The tap.</param>
/// <param name="client">The client; closed in the end.</param>
/// <param name="server">To be connected to the server; closed in the end.</param>
internal sealed class SmtpTapLine(SmtpTap tap, TcpClient client, TcpClient server)
{
    private const string QueuedAs = "queued as ";

    private readonly Lock _access = new();
    private readonly Queue<(string Verb, string? Recipient)> _asked = new([(SmtpStep.Connection, null)]);
    private List<string> _recipients = [];
    private CarriedMessage? _ended;
    private volatile bool _isInData;
    private volatile bool _isRefused;
    private volatile bool _isClientGone;
    private volatile bool _awaitsEnd;

    /// <summary>Hands on what both sides say until both have gone.</summary>
    /// <param name="serverPort">Where the server is.</param>
    /// <param name="ct">Ends it at once.</param>
    public async Task CarryAsync(int serverPort, CancellationToken ct)
    {
        client.NoDelay = true;
        using (client)
        using (server)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, serverPort, ct);
                var replies = CarryRepliesAsync(ct);
                await CarryCommandsAsync(ct);
                _isClientGone = true;
                client.Close();
                // The server still says what became of a message that has ended.
                if (!_awaitsEnd)
                    Close(server, reset: true);
                await replies;
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // Nobody there, or the test is over.
            }
        }
    }

    private async Task CarryCommandsAsync(CancellationToken ct)
    {
        try
        {
            var lines = new SmtpLines(client.GetStream());
            bool isText = false;
            while (await lines.ReadAsync(ct) is { } line)
            {
                byte[] whole = [.. line.Span, .. "\r\n"u8];
                if (!_isInData)
                {
                    isText = false;
                    await CommandAsync(whole, ct);
                }
                else if (line.Span.SequenceEqual("."u8))
                    await tap.TakeAsync(new SmtpStep(false, SmtpStep.Dot, 0), moment => EndAsync(whole, moment, ct));
                else if (!isText)
                {
                    isText = true;
                    await tap.TakeAsync(new SmtpStep(false, SmtpStep.Text, 0), moment => PassAsync(server, whole, moment, ct));
                }
                else
                    await server.GetStream().WriteAsync(whole, ct);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Cut, here or there.
        }
    }

    private async Task CommandAsync(byte[] command, CancellationToken ct)
    {
        string text = Encoding.UTF8.GetString(command);
        string verb = text.Split([' ', ':', '\r'], 2)[0].ToUpperInvariant();
        if (verb == "MAIL")
            _recipients = [];
        string? recipient = verb == "RCPT" ? text[(text.IndexOf('<', StringComparison.Ordinal) + 1)..text.IndexOf('>', StringComparison.Ordinal)] : null;
        if (recipient is not null)
            _recipients.Add(recipient);
        if (_isRefused)
        {
            await SayAsync(verb == "QUIT" ? "221 2.0.0 bye" : "503 5.5.1 not now", ct);
            return;
        }

        lock (_access)
            _asked.Enqueue((verb, recipient));
        await tap.TakeAsync(new SmtpStep(false, verb, 0) { Recipient = recipient }, moment => PassAsync(server, command, moment, ct));
    }

    private async Task EndAsync(byte[] dot, SmtpMoment? moment, CancellationToken ct)
    {
        if (moment is { Refusal: { } refusal })
        {
            // It never hears the end, and forgets the message.
            _isRefused = true;
            _isInData = false;
            Close(server, reset: true);
            await SayAsync(refusal, ct);
            return;
        }

        if (moment is not { IsWithheld: true })
        {
            lock (_access)
                _asked.Enqueue((SmtpStep.Dot, null));
            _isInData = false;
            _awaitsEnd = true;
            _ended = new CarriedMessage(_recipients) { IsReplyWithheld = moment is { CutsLine: true } };
            tap.Keep(_ended);
            await server.GetStream().WriteAsync(dot, ct);
        }

        if (moment is { CutsLine: true })
            Cut(moment);
    }

    private async Task CarryRepliesAsync(CancellationToken ct)
    {
        try
        {
            var lines = new SmtpLines(server.GetStream());
            var reply = new List<byte>();
            while (await lines.ReadAsync(ct) is { } line)
            {
                reply.AddRange([.. line.Span, .. "\r\n"u8]);
                if (line.Length > 3 && line.Span[3] == '-')
                    continue;
                byte[] whole = [.. reply];
                reply.Clear();
                await ReplyAsync(whole, ct);
                // Whoever asked has gone, and the rest is of no interest.
                if (_isClientGone)
                    Close(server, reset: true);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // Cut, here or there.
        }

        if (!_isRefused)
            Close(client, reset: false);
    }

    private async Task ReplyAsync(byte[] reply, CancellationToken ct)
    {
        string verb;
        string? recipient;
        lock (_access)
            (verb, recipient) = _asked.Count > 0 ? _asked.Dequeue() : ("unasked", null);
        string text = Encoding.UTF8.GetString(reply);
        int code = int.Parse(text[..3], CultureInfo.InvariantCulture);
        var ended = verb == SmtpStep.Dot ? _ended : null;
        if (ended is not null && text.LastIndexOf(QueuedAs, StringComparison.Ordinal) is >= 0 and int at)
            ended.QueueId = text[(at + QueuedAs.Length)..].Trim();
        _awaitsEnd &= ended is null;
        await tap.TakeAsync(new SmtpStep(true, verb, code) { Recipient = recipient }, async moment =>
        {
            if (_isRefused)
                return;
            if (moment is { Refusal: { } refusal })
            {
                await RefuseAsync(refusal, ct);
                return;
            }

            if (verb == "DATA" && code == 354)
                _isInData = true;
            if (ended is not null)
            {
                // A reset takes back what was not read yet.
                ended.IsReplyWithheld |= moment is { IsWithheld: true } or { CutsLine: true, IsReset: true };
                ended.IsAnswered = !_isClientGone && moment is not { IsWithheld: true };
            }

            await PassAsync(client, reply, moment, ct);
        });
    }

    /// <summary>Answers in the server's place, and what was asked for behind it as well.</summary>
    private async Task RefuseAsync(string refusal, CancellationToken ct)
    {
        _isRefused = true;
        Close(server, reset: true);
        int more;
        lock (_access)
        {
            more = _asked.Count;
            _asked.Clear();
        }

        await SayAsync(refusal, ct);
        if (refusal.StartsWith("421", StringComparison.Ordinal))
        {
            Close(client, reset: false);
            return;
        }

        for (; more > 0; more--)
            await SayAsync("503 5.5.1 not now", ct);
    }

    private async Task PassAsync(TcpClient to, byte[] octets, SmtpMoment? moment, CancellationToken ct)
    {
        if (moment is not { IsWithheld: true } && !(to == client && _isClientGone))
            await to.GetStream().WriteAsync(octets, ct);
        if (moment is { CutsLine: true })
            Cut(moment);
    }

    private Task SayAsync(string reply, CancellationToken ct) => client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), ct).AsTask();

    private void Cut(SmtpMoment moment)
    {
        _isClientGone = true;
        Close(client, moment.IsReset);
        if (!_awaitsEnd)
            Close(server, moment.IsReset);
    }

    private static void Close(TcpClient side, bool reset)
    {
        try
        {
            if (reset)
                side.LingerState = new LingerOption(true, 0);
            side.Close();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or NullReferenceException)
        {
            // It went by itself.
        }
    }
}
