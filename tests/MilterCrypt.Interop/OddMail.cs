using System.Text;

namespace MilterCrypt.Interop;

/// <summary>Messages as the world has them, each with something that a careless filter would mend. Each has a Date and a
/// Message-ID, since a mail server that adds them adds a different one each time.</summary>
public static class OddMail
{
    public static IReadOnlyDictionary<string, byte[]> All { get; } = new Dictionary<string, byte[]>
    {
        ["an empty body"] = Message("Subject: nothing follows\r\n", ""),
        ["no blank line behind the header"] = Encoding.Latin1.GetBytes(Common + "Subject: only a header\r\n"),
        ["no final line end"] = Message("Subject: cut\r\n", "the last line has no end"),
        ["blank lines at the end"] = Message("Subject: blanks\r\n", "text\r\n\r\n\r\n\r\n"),
        ["blanks at line ends"] = Message("Subject: blanks\r\n", "-- \r\ntext  \t\r\n \r\n"),
        ["dots"] = Message("Subject: dots\r\n", ".\r\n..\r\n.text\r\n...\r\n"),
        ["From at line start"] = Message("Subject: mbox\r\n", "From here\r\n>From there\r\n"),
        ["8-bit text that no field announces"] = Message("Subject: caf\u00e9\r\n", "caf\u00e9, na\u00efve, \u00ff\u00fe\r\n"),
        ["odd blanks in the header"] = Message("Subject:none\r\nX-Two:  two\r\nX-Tab:\ttab\r\nX-End: end \r\nX-Empty:\r\nX-Blank: \r\n", "text\r\n"),
        ["folded fields"] = Message("Subject: a\r\n b\r\n\tc\r\nX-Fold:\r\n on the next line\r\n", "text\r\n"),
        ["names in odd case, and twice"] = Message("SUBJECT: one\r\nX-twice: 1\r\nx-TWICE: 2\r\nX-Twice: 3\r\nsubject: two\r\n", "text\r\n"),
        ["percent signs"] = Message("Subject: 100% %s %d %%\r\n", "%s %n %x\r\n"),
        ["control characters"] = Message("Subject: controls\r\n", "a\u0001b\u0008c\u000cd\u001be\u007f\r\n"),
        ["a line of 990"] = Message("Subject: long\r\n", new string('x', 990) + "\r\n"),
        ["a field of 900 in one line"] = Message("Subject: " + new string('y', 900) + "\r\n", "text\r\n"),
        ["three hundred fields of one name"] = Message(string.Concat(Enumerable.Range(0, 300).Select(i => $"X-Many: {i}\r\n")), "text\r\n"),
        ["a signed message"] = Message(
            "MIME-Version: 1.0\r\nContent-Type: multipart/signed; micalg=pgp-sha256;\r\n protocol=\"application/pgp-signature\"; boundary=\"s\"\r\n",
            "--s\r\nContent-Type: text/plain\r\n\r\nsigned  \r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\n"
            + "-----BEGIN PGP SIGNATURE-----\r\n\r\niHUEABYKAB0=\r\n-----END PGP SIGNATURE-----\r\n\r\n--s--\r\n"),
        ["a message inside a message"] = Message(
            "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n", "Subject: inner\r\nContent-Type: text/html\r\n\r\n<p>inner</p>\r\n"),
        ["an outer boundary that is a prefix of the inner"] = Message(
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
            "preamble\r\n--b\r\nContent-Type: multipart/alternative; boundary=bb\r\n\r\n--bb\r\n\r\none\r\n--bb--\r\n--b--\r\nepilogue\r\n"),
        ["a chunk and one more"] = Message("Subject: chunk\r\n", string.Concat(Enumerable.Repeat(new string('z', 62) + "\r\n", 1025))),
    };

    private const string Common =
        "From: Alice <alice@sender.example>\r\nTo: bob@clear.example\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\nMessage-ID: <odd@sender.example>\r\n";

    private static byte[] Message(string fields, string body) => Encoding.Latin1.GetBytes(Common + fields + "\r\n" + body);
}
