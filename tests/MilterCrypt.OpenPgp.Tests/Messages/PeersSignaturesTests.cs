using System.Text;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Certificates;

namespace MilterCrypt.OpenPgp.Tests.Messages;

/// <summary>What others sign we find good, and only with the data that they signed.</summary>
public sealed class PeersSignaturesTests
{
    private static readonly byte[] Text = "- dashes\n\nFrom here on\ntabs\tand ümlauts\n"u8.ToArray();

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var (program, form) in SignaturePeer.All)
            {
                foreach (string key in new[] { "v4-legacy", "v4-rsa", "v4-nistp" })
                    cases.Add(program, form, key);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WhatAPeerSignsIsGoodAndNothingElseIs(string program, string form, string key)
    {
        byte[] secretKey = Vectors.File($"openpgp-rfc9580/{key}/tsk.asc");
        await using var peer = await SignaturePeer.AppearAsync(program, secretKey);
        byte[] signed = await peer.SignAsync(form, Text);
        var certificate = Vectors.Rfc9580(key);

        AssertAll(SignatureStatus.Good, Signer.Verdicts(form, signed, Text, certificate), certificate);
        AssertAll(SignatureStatus.KeyMissing, Signer.Verdicts(form, signed, Text), null);
        if (form == SignaturePeer.DetachedText)
            AssertAll(SignatureStatus.Good, Signer.Verdicts(form, signed, WithCrlf(Text), certificate), certificate);
        AssertAll(SignatureStatus.Bad, Signer.Verdicts(form, Changed(form, signed), [.. Text, (byte)'!'], certificate), null);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WhatWeSignAPeerFindsGood(string program, string form, string key)
    {
        await using var peer = await SignaturePeer.AppearAsync(program, Vectors.File($"openpgp-rfc9580/{key}/tsk.asc"));
        using var certificate = Signer.Read(key);
        foreach (var lineEnding in new[] { LineEnding.CrLf, LineEnding.Lf })
        {
            byte[] signed = Signer.Sign(form, Text, new SigningOptions { LineEnding = lineEnding }, certificate.SigningKey());
            await peer.VerifyAsync(form, signed, Text);
            if (form == SignaturePeer.DetachedText)
                await peer.VerifyAsync(form, signed, WithCrlf(Text));
            if (form is SignaturePeer.Detached or SignaturePeer.DetachedText)
                await Assert.ThrowsAsync<InvalidOperationException>(() => peer.VerifyAsync(form, signed, [.. Text, (byte)'!']));
        }
    }

    private static void AssertAll(SignatureStatus status, IReadOnlyList<SignatureVerdict> verdicts, Certificate? certificate)
    {
        var verdict = Assert.Single(verdicts);
        Assert.True(verdict.Status == status, verdict.Problem);
        Assert.Equal(certificate?.Fingerprint, verdict.Certificate?.Fingerprint);
    }

    private static byte[] Changed(string form, byte[] signed) => form == SignaturePeer.Cleartext
        ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(signed).Replace("tabs\t", "tabs,", StringComparison.Ordinal))
        : signed;

    private static byte[] WithCrlf(byte[] text) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).ReplaceLineEndings("\r\n"));
}
