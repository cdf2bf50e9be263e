using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Milter.Tests.Examples;

internal static class Trying
{
    public static async Task<ClientResult> TryAsync(IMailFilter filter, CancellationToken cancellationToken)
    {
        // <example try a filter>
        await using var server = await MilterServer.StartAsync(MilterEndpoint.Parse("inet:127.0.0.1:0"), filter, cancellationToken);
        await using var client = await MilterClient.OpenAsync(server.Endpoints.Single(), MtaHabits.Postfix, cancellationToken);

        var message = new ClientMessage(
            Sender: "<alice@a.example>",
            Recipients: ["<bob@b.example>", "<carol@b.example> NOTIFY=NEVER"],
            Header: [new HeaderField("Subject", " hello"u8.ToArray())],
            Body: "Hello!\r\n"u8.ToArray());
        var session = await client.RunAsync(new ClientSession(message) { Helo = "a.example" }, cancellationToken);

        ClientResult result = session.Messages[0];
        Console.WriteLine($"{result.Outcome} to {string.Join(", ", result.EnvelopeRecipients)}");
        // </example>
        return result;
    }
}
