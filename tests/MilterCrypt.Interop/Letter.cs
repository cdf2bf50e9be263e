using System.Buffers;
using System.Text;

namespace MilterCrypt.Interop;

/// <summary>A message as a mail client sends it, with a mark in its header by which it is found again and a secret in its body
/// that must not be found.</summary>
/// <param name="ContentFields">Its Content-* fields, each line with its CRLF: what moves inside.</param>
/// <param name="OtherFields">All other fields, each line with its CRLF: what stays outside.</param>
public sealed record Letter(string Mark, string OtherFields, string ContentFields, byte[] Body)
{
    public const string Sender = "alice@sender.example";

    /// <summary>Stands in every line of every body that is to be kept secret.</summary>
    public const string Secret = "the eagle lands at midnight";

    public byte[] Bytes => [.. Encoding.UTF8.GetBytes(OtherFields + ContentFields + "\r\n"), .. Body];

    /// <summary>As the sendmail command is given it.</summary>
    public byte[] BytesWithBareLf => [.. Bytes.Where(b => b != '\r')];

    /// <summary>A note of one line, in plain ASCII.</summary>
    public static Letter Plain() => Of("Content-Type: text/plain; charset=us-ascii\r\n", Encoding.ASCII.GetBytes(Secret + "\r\n"));

    /// <summary>A note with an attachment, in German, and 8-bit.</summary>
    public static Letter WithAttachment() => Of(
        "Content-Type: multipart/mixed;\r\n\tboundary=\"=-anlage\"\r\nContent-Language: de\r\n",
        Encoding.UTF8.GetBytes($"""
            --=-anlage
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            Grüße aus Köln: {Secret}
            .
            ..und ein Punkt am Zeilenanfang
            From mir

            --=-anlage
            Content-Type: application/octet-stream; name="daten.bin"
            Content-Disposition: attachment; filename="daten.bin"
            Content-Transfer-Encoding: base64

            {Convert.ToBase64String(Encoding.ASCII.GetBytes(Secret))}

            --=-anlage--

            """.ReplaceLineEndings("\r\n")));

    /// <summary>A message without any MIME field, whose body is nevertheless 8-bit: old programs send such.</summary>
    public static Letter EightBitWithoutMime() =>
        Of("", Encoding.Latin1.GetBytes($"Gr\u00fc\u00dfe, {Secret}\r\n\r\n  zwei Leerzeichen vorn und hinten  \r\n\tTab\r\n"), mime: "");

    /// <summary>A message of about so many bytes, the secret in each of its lines.</summary>
    public static Letter Large(int size)
    {
        var body = new ArrayBufferWriter<byte>(size + 128);
        for (int line = 0; body.WrittenCount < size; line++)
            body.Write(Encoding.ASCII.GetBytes($"{line:d8} {Secret} and so on\r\n"));
        return Of("Content-Type: text/plain\r\n", body.WrittenSpan.ToArray());
    }

    public static Letter Of(string contentFields, byte[] body, string mime = "MIME-Version: 1.0\r\n")
    {
        string mark = $"mark-{Guid.NewGuid():N}";
        return new Letter(
            mark,
            $"From: Alice <{Sender}>\r\nTo: Bob <bob@partner.example>,\r\n Carol <carol@partner.example>\r\n"
            + $"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and plans\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\n"
            + $"Message-ID: <{mark}@sender.example>\r\nX-Odd:no blank behind the colon\r\n{mime}",
            contentFields,
            body);
    }
}
