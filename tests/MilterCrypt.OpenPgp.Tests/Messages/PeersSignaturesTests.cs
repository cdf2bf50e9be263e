using System.Text;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>What others sign we find good, and only with the data that they signed; what we sign they find good.</summary>
public sealed class PeersSignaturesTests(GnuPgKeyRing keys) : IClassFixture<GnuPgKeyRing>
{
    private static readonly byte[] Text = "- dashes\n\nFrom here on\ntabs\tand ümlauts\n"u8.ToArray();

    /// <summary>Keys and forms for each peer: a peer that is missing shows as a test skipped.</summary>
    public static TheoryData<string, SignatureForm, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, SignatureForm, string>();
            foreach (var (peer, key) in PeerKeys.All)
            {
                foreach (var form in Enum.GetValues<SignatureForm>())
                    cases.Add(peer, form, key);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WhatAPeerSignsIsGoodAndNothingElseIs(string name, SignatureForm form, string key)
    {
        await using var peer = await PeerKeys.FindPeerAsync(name, peer => peer.WhyNotSign(form));
        PeerKey peerKey = await PeerKeys.FindAsync(keys, key);
        byte[] signed = (await peer.SignAsync(peerKey, Text, form)).OrThrow().Output;
        var certificate = ForgedCertificate.ReadOnly(peerKey.Certificate);

        var good = Assert.Single(Verdicts(form, signed, Text));
        Assert.True(good.IsGood, good.Problem);
        Assert.Equal(certificate.Fingerprint, good.Certificate?.Fingerprint);
        if (form == SignatureForm.DetachedText)
            Assert.True(Assert.Single(Verdicts(form, signed, WithCrlf(Text))).IsGood);

        // What is inside a message can't be exchanged for something else here; the readers' own tests do that.
        if (form != SignatureForm.Inline)
        {
            var bad = Assert.Single(Verdicts(form, Changed(form, signed), [.. Text, (byte)'!']));
            Assert.Equal((SignatureStatus.Bad, null), (bad.Status, bad.Certificate));
        }

        IReadOnlyList<SignatureVerdict> Verdicts(SignatureForm form, byte[] signed, byte[] data) => form == SignatureForm.Inline
            ? Reading.Reading.Message(signed, signers: certificate).Content.Signatures
            : Signer.Verdicts(form, signed, data, certificate);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WhatWeSignAPeerFindsGood(string name, SignatureForm form, string key)
    {
        await using var peer = await PeerKeys.FindPeerAsync(name, peer => peer.WhyNotVerify(form));
        PeerKey peerKey = await PeerKeys.FindAsync(keys, key);
        using var certificate = Signer.Read(peerKey.SecretKey);
        foreach (var lineEnding in new[] { LineEnding.CrLf, LineEnding.Lf })
        {
            byte[] signed = Signer.Sign(form, Text, new SigningOptions { LineEnding = lineEnding }, certificate.SigningKey());
            (await peer.VerifyAsync(peerKey, signed, Text, form)).OrThrow();
            if (form == SignatureForm.DetachedText)
                (await peer.VerifyAsync(peerKey, signed, WithCrlf(Text), form)).OrThrow();
            if (form is SignatureForm.Detached or SignatureForm.DetachedText)
                Assert.NotEqual(0, (await peer.VerifyAsync(peerKey, signed, [.. Text, (byte)'!'], form)).ExitCode);
        }
    }

    private static byte[] Changed(SignatureForm form, byte[] signed) => form == SignatureForm.Cleartext
        ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(signed).Replace("tabs\t", "tabs,", StringComparison.Ordinal))
        : signed;

    private static byte[] WithCrlf(byte[] text) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).ReplaceLineEndings("\r\n"));
}
