using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.OpenPgp.Messages.Signing;

/// <summary>The cleartext framework (RFC 9580 §7): the text is readable as it is, and its signatures follow it. The text is
/// held until it has ended.</summary>
internal sealed class CleartextForm(DataSigning signing, IBufferWriter<byte> output, SigningOptions options) : ISignedForm
{
    private byte[] held = GC.AllocateArray<byte>(4096, pinned: true);
    private int length;

    /// <exception cref="ArgumentException">More text than a reader takes.</exception>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (data.Length > CleartextMessage.MaxLength - length)
            throw new ArgumentException($"A cleartext of more than {CleartextMessage.MaxLength} octets.", nameof(data));

        if (data.Length > held.Length - length)
        {
            byte[] larger = GC.AllocateArray<byte>(Math.Max(2 * held.Length, length + data.Length), pinned: true);
            held.AsSpan(0, length).CopyTo(larger);
            CryptographicOperations.ZeroMemory(held);
            held = larger;
        }

        data.CopyTo(held.AsSpan(length));
        length += data.Length;
    }

    public IReadOnlyList<PendingSignature> Finish()
    {
        WriteLine(CleartextFramework.Begin);
        WriteHashHeader();
        WriteLine([]);

        ReadOnlySpan<byte> rest = held.AsSpan(0, length);
        bool isFirst = true;
        while (CleartextFramework.TryReadLine(ref rest, out var line) || isFirst)
        {
            // What is shown is what is signed: the blanks at its end are left out of both.
            line = CleartextFramework.Signed(line);
            if (!isFirst)
                signing.Write("\r\n"u8);
            signing.Write(line);
            isFirst = false;

            // Dashes would look like armor, and mail programs change lines that look like an mbox separator.
            if (line is [(byte)'-', ..] || line.StartsWith("From "u8))
                output.Write("- "u8);
            WriteLine(line);
        }

        return signing.Finish();
    }

    public void Complete(IReadOnlyList<Signature> signatures) => DetachedForm.WriteBlock(output, options.LineEnding, signatures);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(held);
        signing.Dispose();
    }

    // RFC 9580 §6.2.2.3: only for those who verify version 4 while they read.
    private void WriteHashHeader()
    {
        var names = signing.Drafts.Where(static draft => draft.Key.Version < 6)
            .Select(static draft => CleartextFramework.NameOf(draft.HashAlgorithm)).Distinct().ToList();
        if (names.Count > 0)
            WriteLine(Encoding.ASCII.GetBytes($"Hash: {string.Join(", ", names)}"));
    }

    private void WriteLine(ReadOnlySpan<byte> line)
    {
        output.Write(line);
        output.Write(options.LineEnding == LineEnding.CrLf ? "\r\n"u8 : "\n"u8);
    }
}
