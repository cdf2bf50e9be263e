using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Demo;

/// <summary>One real message through a private Postfix with MilterCrypt before it, told as it goes.</summary>
internal static class Demonstration
{
    private const string Rules = """
          - encrypt: always
            without-key: reject
        """;

    /// <summary>The exit code: 0 where everything went as it should.</summary>
    public static async Task<int> RunAsync(CancellationToken ct)
    {
        if ((PostfixServer.Missing() ?? Correspondent.Missing() ?? MilterCryptProgram.Missing()) is { } missing)
        {
            Console.Error.WriteLine(missing);
            return 69;   // EX_UNAVAILABLE
        }

        Say("Bob makes himself a key with gpg, and MilterCrypt gets its public half");
        await using var bob = await Correspondent.AppearAsync(DemoMessage.Recipient, "future-default");
        await using var daemon = new MilterCryptDaemon(Rules, tcp: false);
        Show("miltercrypt keys import -", await daemon.ImportKeysAsync(bob.PublicKey, ct));
        ct.ThrowIfCancellationRequested();

        Say("A private Postfix, MilterCrypt before it, and a sink behind it that keeps what is delivered");
        await using var sink = SmtpSink.Start();
        await daemon.StartAsync();
        await using var postfix = await PostfixServer.StartAsync(daemon.Socket, sink.Port);
        Show($"miltercrypt serve --config {daemon.ConfigurationFile}", File.ReadAllText(daemon.ConfigurationFile));
        Show("main.cf", $"smtpd_milters = {daemon.Socket.ForPostfix}\nmilter_default_action = tempfail\n");
        ct.ThrowIfCancellationRequested();

        Say($"Alice sends Bob a message with an attachment, to Postfix on port {postfix.SmtpPort}");
        Show("as she wrote it", Encoding.UTF8.GetString(DemoMessage.Bytes));
        await using var smtp = await SmtpConversation.BeginAsync(postfix.SmtpPort, ct);
        bool taken = await SendAsync(smtp, DemoMessage.Recipient);

        Say("What was delivered");
        var delivered = await sink.WaitForAsync("<demo@sender.example>");
        string[] lines = Encoding.UTF8.GetString(delivered.Data).Split("\r\n");
        int armor = Array.IndexOf(lines, "-----BEGIN PGP MESSAGE-----");
        Show(null, string.Join('\n', lines.Take(armor + 6)) + $"\n[… {lines.Length - armor - 6} more lines]\n");

        Say("What gpg makes of it, with Bob's key");
        byte[] opened = await bob.OpenAsync(delivered.Data);
        Show("gpg --decrypt", Encoding.UTF8.GetString(opened));
        bool same = opened.AsSpan().EndsWith(DemoMessage.Bytes.AsSpan(DemoMessage.Bytes.AsSpan().IndexOf("\r\n\r\n"u8)));
        Console.WriteLine(same ? "The body is what Alice sent, byte for byte." : "The body is NOT what Alice sent.");

        Say("Carol has no key: her mail would leave in clear, so Alice is told at once");
        bool refused = !await SendAsync(smtp, DemoMessage.Stranger);

        Say("What MilterCrypt logged");
        Show(null, daemon.Log);
        return taken && same && refused ? 0 : 1;
    }

    private static async Task<bool> SendAsync(SmtpConversation smtp, string recipient)
    {
        var outcome = await smtp.SendAsync(DemoMessage.Sender, [recipient], DemoMessage.Bytes, "BODY=8BITMIME");
        ShowCommand($"MAIL FROM:<{DemoMessage.Sender}>", outcome.Mail);
        foreach (var answer in outcome.Recipients)
            ShowCommand($"RCPT TO:<{recipient}>", answer);
        if (outcome.End is not null)
            ShowCommand("DATA … .", outcome.End);
        return outcome.IsTaken;
    }

    private static void ShowCommand(string command, SmtpAnswer answer) =>
        Show(null, $"> {command}\n< {answer.Code} {answer.Text}\n");

    private static void Say(string what) => Console.WriteLine($"\n== {what}\n");

    private static void Show(string? title, string text)
    {
        if (title is not null)
            Console.WriteLine($"{title}:");
        foreach (string line in text.TrimEnd().Split('\n'))
            Console.WriteLine("    " + line.TrimEnd('\r'));
    }
}
