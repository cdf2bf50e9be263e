using System.Text;

namespace MilterCrypt.Demo;

/// <summary>The message that the demonstration sends: a subject and a text beyond ASCII, and an attachment.</summary>
internal static class DemoMessage
{
    public const string Sender = "alice@sender.example";

    public const string Recipient = "bob@partner.example";

    public const string Stranger = "carol@nokey.example";

    public static byte[] Bytes { get; } = Encoding.UTF8.GetBytes($"""
        From: Alice <{Sender}>
        To: Bob <{Recipient}>
        Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from the demonstration
        Date: Mon, 23 Nov 2026 10:00:00 +0100
        Message-ID: <demo@sender.example>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="=-demo"

        --=-demo
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        Lieber Bob, der Plan liegt bei. Viele Grüße, Alice

        --=-demo
        Content-Type: text/csv; name="plan.csv"
        Content-Disposition: attachment; filename="plan.csv"
        Content-Transfer-Encoding: base64

        {Convert.ToBase64String(Encoding.UTF8.GetBytes("time,place\n18:30,Café Central\n"))}
        --=-demo--

        """.ReplaceLineEndings("\r\n"));
}
