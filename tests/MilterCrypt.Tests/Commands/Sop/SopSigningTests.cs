using System.Text;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>`sop sign`, `verify` and their inline forms.</summary>
public sealed class SopSigningTests(SopPeople people) : IClassFixture<SopPeople>
{
    private const string Line = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [0-9A-F]{40} [0-9A-F]{40} mode:";

    private static readonly byte[] Text = "grüße\n- dash\nFrom here\nend\n"u8.ToArray();

    [Theory]
    [InlineData("binary")]
    [InlineData("text")]
    public async Task ASignatureVerifiesAndSaysWhatItIsOver(string kind)
    {
        using var here = new SopFolder();
        byte[] signature = (await SopFolder.RunAsync(["sign", $"--as={kind}", $"--micalg-out={here.PathOf("hash")}", people.AliceKey], Text)).OrThrow().Output;
        Assert.StartsWith("-----BEGIN PGP SIGNATURE-----\n", Encoding.ASCII.GetString(signature), StringComparison.Ordinal);
        Assert.Equal("pgp-sha512", here.Read("hash"));
        string file = here.Write("signature", signature);
        string lines = (await SopFolder.RunAsync(["verify", file, people.BobCert, people.AliceCert], Text)).OrThrow().OutputText;
        Assert.Matches($"{Line}{kind}\n$", lines);

        // The signing key is a subkey of the certificate.
        string[] words = lines.Split(' ');
        Assert.NotEqual(words[1], words[2]);
        byte[] withCrLf = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Text).ReplaceLineEndings("\r\n"));
        Assert.Equal(kind == "text" ? 0 : 3, (await SopFolder.RunAsync(["verify", file, people.AliceCert], withCrLf)).ExitCode);
    }

    [Fact]
    public async Task TwoSignersMakeTwoSignatures()
    {
        using var here = new SopFolder();
        byte[] signature = (await SopFolder.RunAsync(["sign", "--no-armor", people.AliceKey, people.BobKey], Text)).OrThrow().Output;
        Assert.Equal(0xC2, signature[0]);
        string file = here.Write("signature", signature);
        Assert.Equal(2, Lines(await SopFolder.RunAsync(["verify", file, people.AliceCert, people.BobCert], Text)));

        // Whose certificate is missing is named in a complaint, and does no harm.
        var one = await SopFolder.RunAsync(["verify", file, people.BobCert], Text);
        Assert.Equal(1, Lines(one));
        Assert.Contains("not at hand", one.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--not-before=2020-01-01T00:00:00Z --not-after=2100-01-01")]
    [InlineData("--not-before=- --not-after=-")]
    [InlineData("--not-after=now")]
    [InlineData("--not-before 20200101T000000Z")]
    public async Task ASignatureCountsInItsTime(string options)
    {
        using var here = new SopFolder();
        string file = here.Write("signature", (await SopFolder.RunAsync(["sign", people.AliceKey], Text)).OrThrow().Output);
        Assert.Equal(1, Lines(await SopFolder.RunAsync(["verify", .. options.Split(' '), file, people.AliceCert], Text)));
    }

    [Fact]
    public async Task APasswordUnlocksAKeyWithOrWithoutTheLineEndAfterIt()
    {
        using var here = new SopFolder();
        string bare = here.Write("bare", SopPeople.Password);
        string wrong = here.Write("wrong", "wrong");
        foreach (string password in new[] { bare, people.PasswordFile })
        {
            string[] options = [$"--with-key-password={wrong}", $"--with-key-password={password}"];
            string file = here.Write("signature", (await SopFolder.RunAsync(["sign", .. options, people.LockedKey], Text)).OrThrow().Output);
            Assert.Equal(1, Lines(await SopFolder.RunAsync(["verify", file, people.LockedCert], Text)));
        }
    }

    [Theory]
    [InlineData("binary", "binary")]
    [InlineData("text", "text")]
    [InlineData("clearsigned", "text")]
    public async Task ASignedMessageGivesItsTextAndIsTakenApart(string kind, string mode)
    {
        using var here = new SopFolder();
        byte[] message = (await SopFolder.RunAsync(["inline-sign", $"--as={kind}", people.AliceKey], Text)).OrThrow().Output;
        var read = (await SopFolder.RunAsync(["inline-verify", $"--verifications-out={here.PathOf("lines")}", people.AliceCert], message)).OrThrow();
        Assert.Matches($"{Line}{mode}\n$", here.Read("lines"));
        if (kind == "clearsigned")
            Assert.Equal(Encoding.UTF8.GetString(Text).TrimEnd('\n').ReplaceLineEndings("\r\n"), read.OutputText);
        else
            Assert.Equal(Text, read.Output);

        var detached = (await SopFolder.RunAsync(["inline-detach", $"--signatures-out={here.PathOf("signature")}"], message)).OrThrow();
        Assert.Equal(read.Output, detached.Output);
        Assert.StartsWith("-----BEGIN PGP SIGNATURE-----\n", here.Read("signature"), StringComparison.Ordinal);
        Assert.Equal(1, Lines(await SopFolder.RunAsync(["verify", here.PathOf("signature"), people.AliceCert], detached.Output)));
    }

    [Fact]
    public async Task WhatStandsAroundACleartextIsNotShown()
    {
        using var here = new SopFolder();
        string message = (await SopFolder.RunAsync(["inline-sign", "--as=clearsigned", people.AliceKey], Text)).OrThrow().OutputText;
        byte[] forged = Encoding.UTF8.GetBytes($"forged\n{message}forged\n");
        Assert.DoesNotContain("forged", (await SopFolder.RunAsync(["inline-verify", people.AliceCert], forged)).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignaturesLeaveAsBinaryWhereThatIsAskedFor()
    {
        using var here = new SopFolder();
        byte[] message = (await SopFolder.RunAsync(["inline-sign", "--no-armor", people.AliceKey, people.BobKey], Text)).OrThrow().Output;
        (await SopFolder.RunAsync(["inline-detach", "--no-armor", $"--signatures-out={here.PathOf("signatures")}"], message)).OrThrow();
        Assert.Equal(0xC2, File.ReadAllBytes(here.PathOf("signatures"))[0]);
        Assert.Equal(2, Lines(await SopFolder.RunAsync(["verify", here.PathOf("signatures"), people.AliceCert, people.BobCert], Text)));
    }

    private static int Lines(CommandResult result) => result.OrThrow().OutputText.Count(static character => character == '\n');
}
