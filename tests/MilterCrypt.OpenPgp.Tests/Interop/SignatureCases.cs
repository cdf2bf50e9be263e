using System.Text;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Signatures over data, in all their forms.</summary>
internal static class SignatureCases
{
    /// <summary>Signatures that peers make, by form.</summary>
    public static IEnumerable<InteropCase> FormsByThePeer { get; } = EachForm("Signatures by the peer", TheirsIsVerifiedAsync);

    /// <summary>Every form that the peer makes with a kind of key.</summary>
    public static Task<Outcome> TheirsIsVerifiedAsync(InteropPair pair, KeyKind kind, PeerKey key) =>
        EveryFormAsync(pair, key, TheirsIsVerifiedAsync);

    private static async Task<Outcome> TheirsIsVerifiedAsync(InteropPair pair, PeerKey key, SignatureForm form, byte[] data)
    {
        if (pair.Peer.WhyNotSign(form) is { } reason)
            return new Outcome.Lacks(reason);

        CommandResult made = await pair.Peer.SignAsync(key, data, form);
        if (made.ExitCode != 0)
            return new Outcome.Fails($"exit code {made.ExitCode}: {made.Error.Trim()}");
        return form switch
        {
            SignatureForm.Cleartext => JudgeCleartext(key, made.Output, data),
            SignatureForm.Inline => JudgeInline(key, made.Output, data),
            _ => JudgeDetached(key, made.Output, data),
        };
    }

    private static Outcome JudgeDetached(PeerKey key, byte[] signature, byte[] data)
    {
        byte[] changed = [.. data, (byte)'!'];
        return Judge(Ours.VerifyDetached(key, signature, data), Ours.VerifyDetached(key, signature, changed));
    }

    private static Outcome JudgeCleartext(PeerKey key, byte[] message, byte[] data)
    {
        (byte[] text, IReadOnlyList<SignatureVerdict> verdicts) = Ours.VerifyCleartext(key, message);
        IEnumerable<string> lines = Encoding.UTF8.GetString(data).TrimEnd('\n').Split('\n').Select(line => line.TrimEnd(' ', '\t'));
        if (Encoding.UTF8.GetString(text).TrimEnd('\n') != string.Join('\n', lines))
            return new Outcome.Fails("what was read is not what was signed");

        byte[] changed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(message).Replace("Dear Bob", "Dear Rob", StringComparison.Ordinal));
        return Judge(verdicts, Ours.VerifyCleartext(key, changed).Verdicts);
    }

    private static Outcome JudgeInline(PeerKey key, byte[] message, byte[] data)
    {
        ReadMessage read = Ours.Read(key, message);
        return read.Refusal is { } refusal ? new Outcome.Fails($"refused: {refusal.Reason}")
            : data.AsSpan().SequenceEqual(read.Text) ? JudgeSignature(read.Content.Signatures)
            : new Outcome.Fails("what was read is not what was signed");
    }

    private static Outcome Judge(IReadOnlyList<SignatureVerdict> verdicts, IReadOnlyList<SignatureVerdict> ofChangedData)
    {
        return JudgeSignature(verdicts) is Outcome.Fails fails ? fails
            : ofChangedData is [{ Status: SignatureStatus.Bad }] ? new Outcome.Works()
            : new Outcome.Fails("good over changed data as well");
    }

    /// <summary>Works where one good signature was found, and nothing else.</summary>
    public static Outcome JudgeSignature(IReadOnlyList<SignatureVerdict> verdicts) => verdicts is [{ IsGood: true }]
        ? new Outcome.Works()
        : new Outcome.Fails($"not good: {string.Join("; ", verdicts.Select(verdict => $"{verdict.Status}: {verdict.Problem}"))}");

    // What it doesn't have is shown elsewhere; what it has must work.
    private static async Task<Outcome> EveryFormAsync(
        InteropPair pair, PeerKey key, Func<InteropPair, PeerKey, SignatureForm, byte[], Task<Outcome>> tryAsync)
    {
        foreach (SignatureForm form in Enum.GetValues<SignatureForm>())
        {
            if (await tryAsync(pair, key, form, Samples.Text) is Outcome.Fails fails)
                return new Outcome.Fails($"{form}: {fails.Reason}");
        }

        return new Outcome.Works();
    }

    private static IEnumerable<InteropCase> EachForm(
        string table, Func<InteropPair, PeerKey, SignatureForm, byte[], Task<Outcome>> tryAsync)
    {
        foreach (SignatureForm form in Enum.GetValues<SignatureForm>())
            yield return Case(Title(form), form, Samples.Text);
        yield return Case("cleartext framework, blanks at the ends of lines", SignatureForm.Cleartext, Samples.TextWithBlanks);

        InteropCase Case(string row, SignatureForm form, byte[] data) => new(table, row, async pair =>
            await pair.KeyAsync(KeyKind.Cv25519) is { } key
                ? await tryAsync(pair, key, form, data)
                : new Outcome.Untried("nobody here makes such a key"));
    }

    private static string Title(SignatureForm form) => form switch
    {
        SignatureForm.Detached => "detached, over octets",
        SignatureForm.DetachedText => "detached, over text",
        SignatureForm.Inline => "around the data",
        _ => "cleartext framework",
    };
}
