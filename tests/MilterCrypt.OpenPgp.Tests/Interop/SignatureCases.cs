using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Interop;

/// <summary>Signatures over data, in all their forms: those that one of the two makes and the other verifies.</summary>
internal static class SignatureCases
{
    private static readonly SignatureForm[] AllForms = Enum.GetValues<SignatureForm>();

    /// <summary>By MilterCrypt, form by form.</summary>
    public static IEnumerable<InteropCase> FormsByMilterCrypt { get; } = EachForm("Signatures by MilterCrypt", OursIsVerifiedAsync);

    /// <summary>By the peer, form by form.</summary>
    public static IEnumerable<InteropCase> FormsByThePeer { get; } = EachForm("Signatures by the peer", TheirsIsVerifiedAsync);

    /// <summary>MilterCrypt's with a kind of key, in every form that the peer verifies.</summary>
    public static async Task<Outcome> OursIsVerifiedAsync(InteropPair pair, KeyKind kind, PeerKey key) => kind == KeyKind.DsaElGamal
        ? new Outcome.Refused("signs with no DSA keys")
        : await EveryFormAsync(form => OursIsVerifiedAsync(pair, key, form, Samples.Text));

    /// <summary>The peer's with a kind of key, in every form that it makes.</summary>
    public static Task<Outcome> TheirsIsVerifiedAsync(InteropPair pair, KeyKind kind, PeerKey key) =>
        EveryFormAsync(form => TheirsIsVerifiedAsync(pair, key, form, Samples.Text));

    private static async Task<Outcome> OursIsVerifiedAsync(InteropPair pair, PeerKey key, SignatureForm form, byte[] data)
    {
        if (pair.Peer.WhyNotVerify(form) is { } reason)
            return new Outcome.Lacks(reason);

        byte[] signed = OurWriter.Sign(key, data, form);
        Outcome outcome = Verdict.On(await pair.Peer.VerifyAsync(key, signed, data, form));
        if (outcome is Outcome.Fails)
            return outcome;

        // A signed message is changed where it is legible.
        byte[] legible = form == SignatureForm.Inline ? OurWriter.Sign(key, data, form, armor: false) : signed;
        (byte[] changed, byte[] changedData) = SignedSample.Change(form, legible, data);
        bool isFooled = Verdict.On(await pair.Peer.VerifyAsync(key, changed, changedData, form)) is Outcome.Works;
        return isFooled ? new Outcome.Fails("good over changed data as well") : outcome;
    }

    private static async Task<Outcome> TheirsIsVerifiedAsync(InteropPair pair, PeerKey key, SignatureForm form, byte[] data)
    {
        if (pair.Peer.WhyNotSign(form) is { } reason)
            return new Outcome.Lacks(reason);
        var made = await pair.Peer.SignAsync(key, data, form);
        return made.ExitCode == 0 ? SignedSample.Judge(key, form, made.Output, data) : Verdict.Failed(made);
    }

    // What a peer doesn't have is shown form by form; what it has must work.
    private static async Task<Outcome> EveryFormAsync(Func<SignatureForm, Task<Outcome>> tryAsync)
    {
        foreach (SignatureForm form in AllForms)
        {
            if (await tryAsync(form) is Outcome.Fails fails)
                return new Outcome.Fails($"{form}: {fails.Reason}");
        }

        return new Outcome.Works();
    }

    private static IEnumerable<InteropCase> EachForm(
        string table, Func<InteropPair, PeerKey, SignatureForm, byte[], Task<Outcome>> tryAsync)
    {
        foreach (SignatureForm form in AllForms)
            yield return Case(Title(form), form, Samples.Text);
        yield return Case("cleartext framework, blanks at the ends of lines", SignatureForm.Cleartext, Samples.TextWithBlanks);

        InteropCase Case(string row, SignatureForm form, byte[] data) => new(table, row, async pair =>
            await pair.KeyAsync(KeyKind.Cv25519) is { } key ? await tryAsync(pair, key, form, data) : Verdict.Untried);
    }

    private static string Title(SignatureForm form) => form switch
    {
        SignatureForm.Detached => "detached, over octets",
        SignatureForm.DetachedText => "detached, over text",
        SignatureForm.Inline => "around the data",
        _ => "cleartext framework",
    };
}
