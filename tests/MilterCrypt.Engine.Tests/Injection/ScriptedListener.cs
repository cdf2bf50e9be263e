using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MilterCrypt.Engine.Tests.Injection;

/// <summary>An MTA's listener that says what a test has it say, to one client. It keeps every octet that it hears.</summary>
internal sealed class ScriptedListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly StringBuilder heard = new();
    private readonly byte[] buffer = new byte[65536];
    private Task? serving;

    public int Port
    {
        get
        {
            serving ??= ServeAsync();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }

    /// <summary>What EHLO offers.</summary>
    public string[] Extensions { get; init; } = ["PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8", "DSN"];

    /// <summary>Asked at each step (the greeting, each command's line, "." at the message's end): what is said then, or null for the
    /// usual.</summary>
    public Func<string, Saying?> Script { get; init; } = _ => null;

    /// <summary>Whether it says an octet at a time.</summary>
    public bool Trickles { get; init; }

    /// <summary>The commands, without those that were not heard whole.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>The message as it was sent, with its stuffed dots; null if it was not ended.</summary>
    public string? Message { get; private set; }

    /// <summary>Whether the client reset the connection.</summary>
    public bool WasReset { get; private set; }

    /// <summary>All that was heard, each octet a character. Of use after <see cref="EndedAsync"/>.</summary>
    public string Heard => heard.ToString();

    /// <summary>Waits until the conversation is over.</summary>
    public Task EndedAsync() => serving!.WaitAsync(TestSupport.Patience.Ample);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (serving is not null)
            await serving;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        listener.Start();
        try
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            client.NoDelay = true;
            await TalkAsync(client.GetStream());
        }
        catch (IOException)
        {
            WasReset = true;
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        if (!await SayAsync(stream, Script("greeting") ?? Saying.Line("220 mx.test.example ESMTP")))
            return;
        int taken = 0;
        while (await EndOfAsync(stream, taken, "\r\n") is { } end)
        {
            string line = Heard[taken..(end - 2)];
            taken = end;
            Commands.Add(line);
            var said = Script(line) ?? Usual(line.Split(' ')[0]);
            if (!await SayAsync(stream, said))
                return;
            if (line != "DATA" || !said.Octets.StartsWith("354", StringComparison.Ordinal))
                continue;
            // The line before may be DATA itself: an empty message's end.
            if (await EndOfAsync(stream, taken - 2, "\r\n.\r\n") is not { } whole)
                return;
            Message = Heard[taken..(whole - 3)];
            taken = whole;
            if (!await SayAsync(stream, Script(".") ?? Saying.Line("250 2.0.0 Ok: queued as 4XyZ12")))
                return;
        }
    }

    private Saying Usual(string verb) => verb switch
    {
        "EHLO" => new Saying(string.Concat(
            Extensions.Prepend("mx.test.example").Select((word, i) => $"250{(i == Extensions.Length ? ' ' : '-')}{word}\r\n"))),
        "DATA" => Saying.Line("354 go on"),
        "QUIT" => Saying.Last("221 2.0.0 bye"),
        _ => Saying.Line("250 2.1.0 ok"),
    };

    /// <summary>Whether the conversation goes on.</summary>
    private async Task<bool> SayAsync(NetworkStream stream, Saying saying)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(saying.Before), stop.Token);
        await saying.After.WaitAsync(stop.Token);
        byte[] octets = Encoding.Latin1.GetBytes(saying.Octets);
        foreach (byte[] piece in Trickles ? octets.Select(octet => new[] { octet }) : [octets])
            await stream.WriteAsync(piece, stop.Token);
        if (saying.IsDeaf)
            await Task.Delay(Timeout.Infinite, stop.Token);
        while (saying.IsTheLast && await ReadAsync(stream))
        {
            // Until the client has had enough.
        }

        return !saying.Closes && !saying.IsTheLast;
    }

    private async Task<int?> EndOfAsync(NetworkStream stream, int from, string end)
    {
        int found;
        while ((found = Heard.IndexOf(end, from, StringComparison.Ordinal)) < 0)
        {
            if (!await ReadAsync(stream))
                return null;
        }

        return found + end.Length;
    }

    private async Task<bool> ReadAsync(NetworkStream stream)
    {
        int count = await stream.ReadAsync(buffer, stop.Token);
        heard.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return count > 0;
    }
}
