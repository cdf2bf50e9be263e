using System.Globalization;
using System.Net;
using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>The daemon with a thousand messages in flight at one moment.</summary>
public sealed class ThousandSessionsTests(People people)
{
    private const int Count = 1000;

    // A message in flight has a block of 64 KiB for its body; the rest is the daemon itself, and some room.
    private const double MostResident = 400e6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AThousandMessagesAtOnceAreEachEncryptedInLittleMemory()
    {
        using var here = new Installation(
            $"rules: [{{encrypt: always, without-key: reject}}]\nlimits: {{connections: {Count + 1}}}\nlog: {{level: warning}}");
        await here.ImportAsync(people.Bob);
        await using var daemon = ChildProcess.Start(
            MilterCryptProgram.Path, ["serve", "--config", here.ConfigurationFile, "--listen", $"unix:{here.PathOf("m.sock")}"]);
        await Patience.UntilAsync(
            () => daemon.HasEnded ? throw new InvalidOperationException(daemon.Said) : File.Exists(here.PathOf("m.sock")),
            () => "the daemon does not listen: " + daemon.Said);

        // One after the other: a thousand at once would not fit into the listener's backlog.
        var clients = new List<MilterClient>();
        for (int i = 0; i < Count; i++)
        {
            var client = await MilterClient.OpenAsync(new MilterEndpoint.Unix(here.PathOf("m.sock")), MtaHabits.Postfix, Token);
            clients.Add(client);
            await client.ConnectAsync("client.example", IPAddress.Parse("192.0.2.1"), 4711, Token);
            await client.HeloAsync("client.example", Token);
        }

        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            await client.MailAsync($"<alice{i}@example.org>", Token);
            Assert.Equal("continue", (await client.RecipientAsync("<bob@example.org>", Token)).ToString());
            Assert.Equal("continue", (await client.EndOfHeaderAsync(Token)).ToString());
            await client.BodyAsync(Encoding.ASCII.GetBytes(Letter(i)), Token);
        })).WaitAsync(Patience.Ample, Token);
        Assert.InRange(Resident(daemon), 1, MostResident);

        byte[][] bodies = await Task.WhenAll(clients.Select(async client =>
        {
            IReadOnlyList<MilterAnswer> answers = await client.EndOfMessageAsync(Token);
            Assert.Equal("continue", answers[^1].ToString());
            await client.QuitAsync(Token);
            await client.DisposeAsync();
            return answers.Where(answer => answer.Code == (byte)'b').SelectMany(answer => answer.Payload.ToArray()).ToArray();
        })).WaitAsync(Patience.Ample, Token);
        Assert.InRange(Resident(daemon), 1, MostResident);
        Assert.All(bodies, body => Assert.True(body.AsSpan().IndexOf("letter"u8) < 0 && body.AsSpan().IndexOf("BEGIN PGP MESSAGE"u8) >= 0));

        // gpg opens some of them, each of which is the one that its own session brought.
        string[] files = [.. Enumerable.Range(0, 50).Select(n => here.Write($"{n * 20}.asc", bodies[n * 20]))];
        (await people.Bob.GpgAsync(["--decrypt-files", .. files])).OrThrow();
        foreach (int i in Enumerable.Range(0, 50).Select(n => n * 20))
            Assert.EndsWith(Letter(i), await File.ReadAllTextAsync(here.PathOf($"{i}"), Token), StringComparison.Ordinal);
        Assert.Equal("", string.Join('\n', daemon.Said.Split('\n').Where(line => line.Contains("warning:", StringComparison.Ordinal) || line.Contains("error:", StringComparison.Ordinal))));
    }

    private static string Letter(int i) => $"this is letter {i}\r\n";

    private static double Resident(ChildProcess process)
    {
        string line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
