using System.Text;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>A sample text with somebody's signature.</summary>
internal static class SignedSample
{
    /// <summary>Works where MilterCrypt finds the signature good, and not good once something was changed.</summary>
    public static Outcome Judge(PeerKey key, SignatureForm form, byte[] signed, byte[] data)
    {
        if (form == SignatureForm.Inline)
            return JudgeInline(OurReader.Read(key, signed), data);
        if (form == SignatureForm.Cleartext && OurReader.VerifyCleartext(key, signed).Text.TrimEnd('\n') != Text(data))
            return new Outcome.Fails("what was read is not what was signed");

        Outcome outcome = Verdict.On(Verify(key, form, signed, data));
        (byte[] changed, byte[] changedData) = Change(form, signed, data);
        return outcome is Outcome.Fails || Verify(key, form, changed, changedData) is [{ Status: SignatureStatus.Bad }]
            ? outcome
            : new Outcome.Fails("good over changed data as well");
    }

    /// <summary>The same with another text.</summary>
    public static (byte[] Signed, byte[] Data) Change(SignatureForm form, byte[] signed, byte[] data)
    {
        if (form is not (SignatureForm.Cleartext or SignatureForm.Inline))
            return (signed, [.. data, (byte)'!']);

        byte[] changed = [.. signed];
        changed[signed.AsSpan().IndexOf("Bob"u8)] = (byte)'R';
        return (changed, data);
    }

    private static IReadOnlyList<SignatureVerdict> Verify(PeerKey key, SignatureForm form, byte[] signed, byte[] data) =>
        form == SignatureForm.Cleartext
            ? OurReader.VerifyCleartext(key, signed).Verdicts
            : OurReader.VerifyDetached(key, signed, data);

    private static Outcome JudgeInline(ReadMessage read, byte[] data) => read.Refusal is { } refusal
        ? new Outcome.Fails($"refused: {refusal.Reason}")
        : data.AsSpan().SequenceEqual(read.Text)
            ? Verdict.On(read.Content.Signatures)
            : new Outcome.Fails("what was read is not what was signed");

    // What the cleartext framework leaves of a text (RFC 9580 §7.2).
    private static string Text(byte[] data) =>
        string.Join('\n', Encoding.UTF8.GetString(data).TrimEnd('\n').Split('\n').Select(line => line.TrimEnd(' ', '\t')));
}
