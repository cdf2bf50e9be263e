using System.Text;
using MilterCrypt.OpenPgp.Tests.Messages;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>What is encrypted and signed.</summary>
internal static class Samples
{
    /// <summary>For the messages that a passphrase opens.</summary>
    public const string Passphrase = "correct horse battery staple";

    /// <summary>Several lines, among them some that begin like something else.</summary>
    public static byte[] Text { get; } = Encoding.UTF8.GetBytes(
        "Dear Bob,\n\n- a dash\n-----BEGIN PGP MESSAGE-----\nFrom here on: grüße, 日本語\n\n"
        + string.Concat(Enumerable.Range(0, 400).Select(i => $"{i}: the quick brown fox jumps over the lazy dog\n"))
        + "Alice\n");

    /// <summary>Lines with blanks at their ends, which cleartext signatures leave out (RFC 9580 §7.2).</summary>
    public static byte[] TextWithBlanks { get; } = "Dear Bob,\nblanks \nand tabs\t\nAlice\n"u8.ToArray();

    /// <summary>No text in any encoding, with all kinds of line ends.</summary>
    public static byte[] Octets { get; } = Encrypting.Plaintext(100_000);
}
