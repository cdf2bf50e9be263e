using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>Each kind of failure has the code that the draft gives it, and leaves standard output empty.</summary>
public sealed class SopExitCodeTests(SopPeople people) : IClassFixture<SopPeople>
{
    private static readonly byte[] Text = "text\n"u8.ToArray();
    private static readonly byte[] NoText = [(byte)'a', 0xFF, (byte)'b'];

    [Fact]
    public async Task AMessageOrFileThatNobodySignedHasNoSignature()
    {
        using var here = new SopFolder();
        await here.ShellAsync($"$sop sign {people.AliceKey} > signature; $sop inline-sign {people.AliceKey} > message", Text);
        await FailsAsync(3, ["verify", here.PathOf("signature"), people.AliceCert], "changed\n"u8.ToArray());
        await FailsAsync(3, ["verify", here.PathOf("signature"), people.BobCert], Text);
        await FailsAsync(3, ["inline-verify", people.BobCert], File.ReadAllBytes(here.PathOf("message")));
        await FailsAsync(3, ["verify", "--not-after=2020-01-01", here.PathOf("signature"), people.AliceCert], Text);
        await FailsAsync(3, ["verify", "--not-before=2100-01-01T00:00:00Z", here.PathOf("signature"), people.AliceCert], Text);
        await FailsAsync(3, ["inline-verify", "--not-after=20200101T000000Z", people.AliceCert], File.ReadAllBytes(here.PathOf("message")));
    }

    [Fact]
    public async Task AlgorithmsThatAreReadAndNotUsed()
    {
        using var here = new SopFolder();
        var (key, cert) = await people.MakeOldAsync();
        await FailsAsync(13, ["encrypt", cert], Text);
        await FailsAsync(13, ["sign", key], Text);
        await FailsAsync(13, ["encrypt", $"--sign-with={key}", people.BobCert], Text);
    }

    [Fact]
    public async Task CertificatesThatNothingMayBeEncryptedTo()
    {
        using var here = new SopFolder();
        await FailsAsync(17, ["encrypt", people.ExpiredCert], Text);
        await FailsAsync(17, ["encrypt", people.BobCert, people.SigningCert], Text);
    }

    [Fact]
    public async Task WhatIsMissingOnTheCommandLine()
    {
        using var here = new SopFolder();
        foreach (string command in new[] { "sign", "inline-sign", "verify", "inline-verify", "encrypt", "decrypt", "inline-detach", "list-profiles" })
            await FailsAsync(19, [command], Text);
        await FailsAsync(19, ["verify", people.AliceCert], Text);
        await FailsAsync(19, ["sign", people.AliceKey, "--as"], Text);
        await FailsAsync(19, []);
    }

    [Fact]
    public async Task VerificationThatIsAskedForByHalves()
    {
        using var here = new SopFolder();
        await FailsAsync(23, ["decrypt", $"--verify-with={people.AliceCert}", people.BobKey], Text);
        await FailsAsync(23, ["decrypt", $"--verifications-out={here.PathOf("out")}", people.BobKey], Text);
        Assert.False(File.Exists(here.PathOf("out")));
    }

    [Fact]
    public async Task AMessageThatNothingAtHandOpens()
    {
        using var here = new SopFolder();
        string other = here.Write("other", "another password");
        string key = here.Write("key", $"9:{new string('A', 64)}");
        byte[] toAlice = (await SopFolder.RunAsync(["encrypt", people.AliceCert], Text)).OrThrow().Output;
        byte[] withPassword = (await SopFolder.RunAsync(["encrypt", $"--with-password={people.PasswordFile}"], Text)).OrThrow().Output;
        await FailsAsync(29, ["decrypt", people.BobKey], toAlice);
        await FailsAsync(29, ["decrypt", $"--with-session-key={key}"], toAlice);
        await FailsAsync(29, ["decrypt", $"--with-password={other}"], toAlice);
        await FailsAsync(29, ["decrypt", $"--with-password={other}", $"--with-session-key={key}", people.BobKey], withPassword);
    }

    [Fact]
    public async Task AMessageThatWasChangedOnTheWay()
    {
        using var here = new SopFolder();
        byte[] message = (await SopFolder.RunAsync(["encrypt", "--no-armor", people.AliceCert], Text)).OrThrow().Output;
        message[^10] ^= 1;
        await FailsAsync(29, ["decrypt", $"--session-key-out={here.PathOf("out")}", people.AliceKey], message);
        Assert.False(File.Exists(here.PathOf("out")));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, (byte)'a' })]
    [InlineData(new byte[] { (byte)' ', (byte)'\n' })]
    [InlineData(new byte[] { (byte)'a', 7, (byte)'b' })]
    public async Task APasswordThatNobodyCanType(byte[] password)
    {
        using var here = new SopFolder();
        await FailsAsync(31, ["encrypt", $"--with-password={here.Write("password", password)}"], Text);
    }

    [Fact]
    public async Task OptionsAndTheirValuesThatAreUnknown()
    {
        using var here = new SopFolder();
        await FailsAsync(37, ["sign", "--frobnicate", people.AliceKey], Text);
        await FailsAsync(37, ["sign", "--as=mime", people.AliceKey], Text);
        await FailsAsync(37, ["sign", "--as=clearsigned", people.AliceKey], Text);
        await FailsAsync(37, ["inline-sign", "--as=mime", people.AliceKey], Text);
        await FailsAsync(37, ["encrypt", "--as=mime", people.AliceCert], Text);
        await FailsAsync(37, ["encrypt", "--for=fun", people.AliceCert], Text);
        await FailsAsync(37, ["armor", "--label=mime"], Text);
        await FailsAsync(37, ["armor", "surplus"], Text);
        await FailsAsync(37, ["inline-verify", "--not-before=yesterday", people.AliceCert], Text);
        await FailsAsync(37, ["--frobnicate"], Text);
    }

    [Fact]
    public async Task InputOfTheWrongKind()
    {
        using var here = new SopFolder();
        string nothing = here.Write("nothing", "no OpenPGP data\n");
        byte[] signature = (await SopFolder.RunAsync(["sign", people.AliceKey], Text)).OrThrow().Output;
        byte[] signed = (await SopFolder.RunAsync(["inline-sign", people.AliceKey], Text)).OrThrow().Output;
        byte[] encrypted = (await SopFolder.RunAsync(["encrypt", people.AliceCert], Text)).OrThrow().Output;
        byte[] cert = File.ReadAllBytes(people.AliceCert);
        await FailsAsync(41, ["sign", people.AliceCert], Text);
        await FailsAsync(41, ["verify", people.AliceCert, people.AliceCert], Text);
        await FailsAsync(41, ["verify", here.Write("signature", signature), people.AliceKey], Text);
        await FailsAsync(41, ["encrypt", people.AliceKey], Text);
        await FailsAsync(41, ["encrypt", nothing], Text);
        await FailsAsync(41, ["decrypt", people.AliceKey], Text);
        await FailsAsync(41, ["decrypt", people.AliceKey], signed);
        await FailsAsync(41, ["decrypt", people.AliceKey], encrypted[..^100]);
        await FailsAsync(41, ["decrypt", $"--with-session-key={nothing}"], encrypted);
        await FailsAsync(41, ["decrypt", $"--with-session-key={here.Write("short", "9:ABCD")}"], encrypted);
        await FailsAsync(41, ["inline-verify", people.AliceCert], encrypted);
        await FailsAsync(41, ["inline-verify", people.AliceCert], Text);
        await FailsAsync(41, ["inline-detach", $"--signatures-out={here.PathOf("out")}"], encrypted);
        await FailsAsync(41, ["extract-cert"], cert);
        await FailsAsync(41, ["merge-certs", people.AliceKey], cert);
        await FailsAsync(41, ["armor"], Text);
        await FailsAsync(41, ["armor"], [0xC2, 0x05, 1]);
        await FailsAsync(41, ["dearmor"], Text);
        Assert.False(File.Exists(here.PathOf("out")));
    }

    [Fact]
    public async Task WhatShouldBeTextAndIsNot()
    {
        using var here = new SopFolder();
        byte[] cutShort = [.. "caf"u8, 0xC3];
        foreach (byte[] data in new[] { NoText, cutShort, [.. new byte[200_000], 0xFF] })
        {
            await FailsAsync(53, ["sign", "--as=text", people.AliceKey], data);
            await FailsAsync(53, ["inline-sign", "--as=text", people.AliceKey], data);
            await FailsAsync(53, ["inline-sign", "--as=clearsigned", people.AliceKey], data);
            await FailsAsync(53, ["encrypt", "--as=text", people.AliceCert], data);
        }
    }

    [Fact]
    public async Task FilesThatAreThereAlready()
    {
        using var here = new SopFolder();
        string there = here.Write("there", "kept");
        await FailsAsync(59, ["sign", $"--micalg-out={there}", people.AliceKey], Text);
        await FailsAsync(59, ["encrypt", $"--session-key-out={there}", people.AliceCert], Text);
        await FailsAsync(59, ["decrypt", $"--session-key-out={there}", people.AliceKey], Text);
        await FailsAsync(59, ["decrypt", $"--verifications-out={there}", $"--verify-with={people.AliceCert}", people.AliceKey], Text);
        await FailsAsync(59, ["inline-verify", $"--verifications-out={there}", people.AliceCert], Text);
        await FailsAsync(59, ["inline-detach", $"--signatures-out={there}"], Text);
        Assert.Equal("kept", here.Read("there"));
    }

    [Fact]
    public async Task InputThatIsNotThere()
    {
        using var here = new SopFolder();
        foreach (string name in new[] { here.PathOf("nowhere"), "@ENV:MILTERCRYPT_NOWHERE", "@FD:77", "@FD:x" })
        {
            await FailsAsync(61, ["sign", name], Text);
            await FailsAsync(61, ["encrypt", name], Text);
            await FailsAsync(61, ["encrypt", $"--with-password={name}"], Text);
            await FailsAsync(61, ["decrypt", name], Text);
        }
    }

    [Fact]
    public async Task KeysThatNoPasswordUnlocks()
    {
        using var here = new SopFolder();
        string wrong = here.Write("wrong", "wrong");
        byte[] message = (await SopFolder.RunAsync(["encrypt", people.LockedCert], Text)).OrThrow().Output;
        await FailsAsync(67, ["sign", people.LockedKey], Text);
        await FailsAsync(67, ["inline-sign", $"--with-key-password={wrong}", people.LockedKey], Text);
        await FailsAsync(67, ["encrypt", $"--sign-with={people.LockedKey}", people.BobCert], Text);
        await FailsAsync(67, ["decrypt", people.LockedKey], message);
        await FailsAsync(67, ["decrypt", $"--with-key-password={wrong}", people.LockedKey], message);
    }

    [Fact]
    public async Task CommandsThatAreNotThere() => await FailsAsync(69, ["frobnicate"], Text);

    [Fact]
    public async Task NamesThatBeginWithAtAndMeanNothing()
    {
        using var here = new SopFolder();
        await FailsAsync(71, ["sign", "@HSM:1"], Text);
        await FailsAsync(71, ["sign", "@nothing"], Text);
        await FailsAsync(71, ["encrypt", "--session-key-out=@ENV:X", people.AliceCert], Text);
    }

    [Fact]
    public async Task NamesThatMeanTwoThings()
    {
        using var here = new SopFolder();
        here.Write("@FD:0", "x");
        here.Write("@ENV:HOME", "x");
        Assert.Equal(73, (await here.ShellAsync("$sop sign @FD:0", Text)).ExitCode);
        Assert.Equal(73, (await here.ShellAsync("$sop encrypt --with-password=@ENV:HOME", Text)).ExitCode);
        Assert.Equal(73, (await here.ShellAsync($"$sop encrypt --session-key-out=@FD:0 {people.AliceCert}", Text)).ExitCode);
    }

    [Fact]
    public async Task KeysThatMayNotSign()
    {
        using var here = new SopFolder();
        await FailsAsync(79, ["sign", people.ExpiredKey], Text);
        await FailsAsync(79, ["sign", people.AliceKey, people.EncryptingKey], Text);
        await FailsAsync(79, ["inline-sign", people.ExpiredKey], Text);
        await FailsAsync(79, ["encrypt", $"--sign-with={people.EncryptingKey}", people.BobCert], Text);
    }

    [Fact]
    public async Task OptionsThatExcludeEachOther()
    {
        using var here = new SopFolder();
        await FailsAsync(83, ["inline-sign", "--as=clearsigned", "--no-armor", people.AliceKey], Text);
        await FailsAsync(83, ["version", "--backend", "--extended"]);
        await FailsAsync(83, ["sign", "--as=text", "--as=binary", people.AliceKey], Text);
    }

    [Fact]
    public async Task ProfilesThatAreNotThere()
    {
        using var here = new SopFolder();
        await FailsAsync(89, ["encrypt", "--profile=frobnicate", people.AliceCert], Text);
        await FailsAsync(89, ["list-profiles", "sign"]);
    }

    [Fact]
    public async Task KeysThatAreOnACard()
    {
        using var here = new SopFolder();
        await FailsAsync(97, ["sign", people.CardKey], Text);
        await FailsAsync(97, ["decrypt", people.CardKey], Text);
    }

    private static async Task<CommandResult> FailsAsync(int exitCode, string[] arguments, byte[]? input = null)
    {
        var result = await SopFolder.RunAsync(arguments, input);
        Assert.True(
            (result.ExitCode, result.Output.Length) == (exitCode, 0),
            $"sop {string.Join(' ', arguments)}: {result.ExitCode}, not {exitCode}, with {result.Output.Length} octets: {result.Error}");
        Assert.StartsWith("miltercrypt: ", result.Error, StringComparison.Ordinal);
        return result;
    }
}
