using System.Net;
using System.Net.Sockets;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>The MTA's side of the library with a filter that answers anything: the client ends with a result, a breach of the
/// protocol, or a lost connection.</summary>
internal static class ClientTarget
{
    private static readonly ClientMessage Message = new(
        "<a@b.example> SIZE=5", ["<c@d.example>", "<e@f.example> NOTIFY=NEVER"],
        [new HeaderField("Subject", " hello"u8.ToArray()), new HeaderField("X", " y"u8.ToArray())], "body\r\n"u8.ToArray());

    public static string Run(ReadOnlySpan<byte> input) => RunAsync(input.ToArray()).GetAwaiter().GetResult();

    private static async Task<string> RunAsync(byte[] answers)
    {
        // Each MTA gets its share, and an input always the same one.
        MtaHabits habits = answers.Length % 2 == 0 ? MtaHabits.Sendmail : MtaHabits.Postfix;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task filter = AnswerAsync(listener, answers);
        string outcome;
        try
        {
            var endpoint = new MilterEndpoint.Inet("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, false);
            await using MilterClient client = await MilterClient.OpenAsync(endpoint, habits, CancellationToken.None);
            ClientSessionResult result = await client.RunAsync(new ClientSession(Message, Message), CancellationToken.None);
            outcome = string.Join(' ', result.Messages.Select(message => $"{message.Outcome} {message.Final.Code} {message.QuarantineReason is null} {message.BodySent}"));
        }
        catch (MilterProtocolException breach)
        {
            outcome = "breach " + new string([.. breach.Message.Where(c => !char.IsAsciiDigit(c))]);
        }
        catch (Exception lost) when (lost is IOException or SocketException)
        {
            outcome = "lost";
        }

        await filter;
        return outcome;
    }

    private static async Task AnswerAsync(TcpListener listener, byte[] answers)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        try
        {
            await socket.SendAsync(answers);
            socket.Shutdown(SocketShutdown.Send);
            byte[] heard = new byte[4096];
            while (await socket.ReceiveAsync(heard) > 0)
                continue;
        }
        catch (SocketException)
        {
            // The client has heard enough.
        }
    }
}
