using System.Text;
using MilterCrypt.OpenPgp.Tests.Messages;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>What is encrypted and signed.</summary>
internal static class Samples
{
    /// <summary>For the messages that a passphrase opens.</summary>
    public const string Passphrase = "correct horse battery staple";

    /// <summary>Several lines, among them all that cleartext signatures have to be careful with.</summary>
    public static byte[] Text { get; } = Encoding.UTF8.GetBytes(
        "Dear Bob,\n\n- a dash\n-----BEGIN PGP MESSAGE-----\nFrom here on: grüße, 日本語\nblanks at the end \t\n\n"
        + string.Concat(Enumerable.Range(0, 400).Select(i => $"{i}: the quick brown fox jumps over the lazy dog\n"))
        + "Alice\n");

    /// <summary>No text in any encoding, with all kinds of line ends.</summary>
    public static byte[] Octets { get; } = Encrypting.Plaintext(100_000);
}
