using System.Net;
using System.Net.Sockets;
using System.Text;
using MilterCrypt.Health;
using MilterCrypt.TestSupport;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Health;

/// <summary>Requests that nobody who means well sends.</summary>
public sealed class HostileRequestTests
{
    private const string Configuration = "rules: [{encrypt: never}]\n" + MonitoredDaemon.Http;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200 ")]
    [InlineData("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200 ")]
    [InlineData("GET /metrics?name=x HTTP/1.0\r\n\r\n", "200 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404 ")]
    [InlineData("GET /healthz/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404 ")]
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404 ")]
    [InlineData("POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "405 ")]
    [InlineData("DELETE /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "405 ")]
    [InlineData("CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n", "400 ")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n", "413 ")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "413 ")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 ")]
    [InlineData("\0\0\0\rO\0\0\0\u0006\0\0\u0001\u00ff\0\u001f\u00ff\u00ff", "408 ")]
    [InlineData("GET /healthz HTTP/1.1\r\nno header\r\n\r\n", "400 ")]
    [InlineData("EHLO x\r\n\r\n", "400 ")]
    public async Task EachIsAnsweredShortlyAndTheConnectionEnds(string request, string status)
    {
        using var here = new Installation(Configuration);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        string answer = status == "408 " ? await AskAsync(daemon.Port, request) : await AskInTimeAsync(daemon.Port, request);
        Assert.StartsWith("HTTP/1.1 " + status, answer, StringComparison.Ordinal);
        Assert.Matches("\r\nContent-Length: [0-9]+\r\n", answer);
        Assert.Equal(request.StartsWith("HEAD", StringComparison.Ordinal), answer.EndsWith("\r\n\r\n", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await daemon.GetAsync("/healthz"));
    }

    [Fact]
    public async Task WhatIsTooLongIsRefusedBeforeItIsRead()
    {
        using var here = new Installation(Configuration);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        string much = new('x', 5000);
        Assert.StartsWith("HTTP/1.1 431 ", await AskInTimeAsync(daemon.Port, $"GET /{much}"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await AskInTimeAsync(daemon.Port, $"GET /healthz HTTP/1.1\r\nHost: x\r\nA: {much}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoeverIsSlowIsCutOff()
    {
        using var here = new Installation(Configuration);
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        Assert.StartsWith("HTTP/1.1 408 ", await AskAsync(daemon.Port, "GET /healthz HTTP/1.1\r\nHost:"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NeitherSidesConnectionsCountForTheOther()
    {
        using var here = new Installation($"{Configuration}\nlimits: {{connections: 2}}");
        await using var daemon = await MonitoredDaemon.StartAsync(here);
        await using var first = await daemon.ConnectAsync();
        await using var second = await daemon.ConnectAsync();
        await using var waiting = await daemon.ConnectAsync();
        await using var alsoWaiting = await daemon.ConnectAsync();
        await Assert.ThrowsAnyAsync<IOException>(daemon.ConnectAsync);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await daemon.GetAsync("/healthz"));

        // As many as are served, and some that wait behind them: all silent.
        var silent = new List<Socket>();
        try
        {
            for (int i = 0; i < 20; i++)
                silent.Add(await ConnectAsync(daemon.Port));
            Assert.Equal("accept", (await first.DeliverAsync(MonitoredDaemon.Letter("bob@example.org"), Token)).Final.ToString());
            // They are given up one after the other; whoever has something to ask comes to his turn.
            Assert.Equal((HttpStatusCode.OK, "ok\n"), await daemon.GetAsync("/healthz"));
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public void ARequestIsWholeWithItsLastByteOnly()
    {
        byte[] whole = "GET /metrics?a HTTP/1.1\r\nHost: x\r\ncontent-length: 0\r\n\r\n"u8.ToArray();
        for (int length = 0; length < whole.Length; length++)
            Assert.False(HttpRequest.TryRead(whole.AsSpan(0, length), out _));
        Assert.True(HttpRequest.TryRead(whole, out var request));
        Assert.Equal(new HttpRequest("GET", "/metrics", HasBody: false), request);
    }

    [Fact]
    public void NonsenseIsNoRequestAndNoFailure()
    {
        var random = new Random(1);
        byte[] nonsense = new byte[200];
        for (int round = 0; round < 5000; round++)
        {
            // Mostly what a request is made of.
            for (int i = 0; i < nonsense.Length; i++)
                nonsense[i] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)"GET /: HTTP/1.1\r\n\r\n"[random.Next(19)];
            "\r\n\r\n"u8.CopyTo(nonsense.AsSpan(random.Next(nonsense.Length - 4)));
            Assert.True(HttpRequest.TryRead(nonsense, out _));
        }
    }

    /// <summary>The same, when this process was not held up meanwhile for so long that it was cut off.</summary>
    private static async Task<string> AskInTimeAsync(int port, string request)
    {
        string answer;
        do
            answer = await AskAsync(port, request);
        while (answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal));
        return answer;
    }

    /// <summary>All that comes back until the connection ends.</summary>
    private static async Task<string> AskAsync(int port, string request)
    {
        using var socket = await ConnectAsync(port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), Token);
        var answer = new StringBuilder();
        byte[] room = new byte[4096];
        using var deadline = new CancellationTokenSource(Patience.Ample);
        try
        {
            while (await socket.ReceiveAsync(room, deadline.Token) is > 0 and var length)
                answer.Append(Encoding.Latin1.GetString(room, 0, length));
        }
        catch (SocketException)
        {
            // Reset, after what it had to say.
        }
        return answer.ToString();
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, Token);
        return socket;
    }
}
