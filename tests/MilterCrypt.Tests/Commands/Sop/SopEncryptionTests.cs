using System.Text;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>`sop encrypt` and `decrypt`.</summary>
public sealed class SopEncryptionTests(SopPeople people) : IClassFixture<SopPeople>
{
    private static readonly byte[] Text = "grüße\nend\n"u8.ToArray();

    [Fact]
    public async Task EachRecipientOpensAMessage()
    {
        using var here = new SopFolder();
        byte[] message = (await SopFolder.RunAsync(["encrypt", people.AliceCert, people.BobCert], Text)).OrThrow().Output;
        Assert.StartsWith("-----BEGIN PGP MESSAGE-----\n", Encoding.ASCII.GetString(message), StringComparison.Ordinal);
        foreach (string key in new[] { people.AliceKey, people.BobKey })
            Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", key], message)).OrThrow().Output);
    }

    [Theory]
    [InlineData("binary")]
    [InlineData("text")]
    public async Task ASignerIsNamed(string kind)
    {
        using var here = new SopFolder();
        byte[] message = (await SopFolder.RunAsync(["encrypt", "--no-armor", $"--as={kind}", $"--sign-with={people.AliceKey}", people.BobCert], Text)).OrThrow().Output;
        Assert.True(message[0] > 0x7F);
        string[] verifying = [$"--verify-with={people.AliceCert}", $"--verifications-out={here.PathOf("lines")}"];
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", .. verifying, people.BobKey], message)).OrThrow().Output);
        Assert.Matches($" mode:{kind}\n$", here.Read("lines"));
    }

    [Fact]
    public async Task AMessageWithoutAGoodSignatureIsDecryptedAllTheSameAndNobodyIsNamed()
    {
        using var here = new SopFolder();
        byte[] signed = (await SopFolder.RunAsync(["encrypt", $"--sign-with={people.AliceKey}", people.BobCert], Text)).OrThrow().Output;
        string[] byBob = [$"--verify-with={people.BobCert}", $"--verifications-out={here.PathOf("bob")}"];
        string[] inTime = [$"--verify-with={people.AliceCert}", $"--verify-out={here.PathOf("early")}", "--verify-not-after=2020-01-01"];
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", .. byBob, people.BobKey], signed)).OrThrow().Output);
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", .. inTime, people.BobKey], signed)).OrThrow().Output);
        Assert.Equal(("", ""), (here.Read("bob"), here.Read("early")));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("rfc9580")]
    [InlineData("security")]
    [InlineData("compatibility")]
    public async Task APasswordOpensAMessage(string profile)
    {
        using var here = new SopFolder();
        string bare = here.Write("bare", SopPeople.Password);
        byte[] message = (await SopFolder.RunAsync(["encrypt", "--no-armor", $"--profile={profile}", $"--with-password={people.PasswordFile}"], Text)).OrThrow().Output;

        // The packet for a password: of version 6 with AEAD, of version 4 without.
        Assert.Equal(profile is "rfc9580" or "security" ? 6 : 4, message[2]);
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", $"--with-password={bare}"], message)).OrThrow().Output);
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", $"--with-password={people.PasswordFile}"], message)).OrThrow().Output);
    }

    [Fact]
    public async Task EveryWayIsTriedUntilOneOpens()
    {
        using var here = new SopFolder();
        string wrong = here.Write("wrong", "wrong");
        string wrongKey = here.Write("wrongkey", $"7:{new string('A', 32)}");
        byte[] message = (await SopFolder.RunAsync(["encrypt", $"--with-password={people.PasswordFile}", people.LockedCert], Text)).OrThrow().Output;
        string[] useless = [$"--with-session-key={wrongKey}", $"--with-password={wrong}", people.BobKey];
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", .. useless, $"--with-password={people.PasswordFile}"], message)).OrThrow().Output);
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", .. useless, $"--with-key-password={people.PasswordFile}", people.LockedKey], message)).OrThrow().Output);
    }

    [Fact]
    public async Task ASessionKeyOpensItsMessageAndIsItsOwnersFileAlone()
    {
        using var here = new SopFolder();
        byte[] message = (await SopFolder.RunAsync(["encrypt", $"--session-key-out={here.PathOf("made")}", people.BobCert], Text)).OrThrow().Output;
        (await SopFolder.RunAsync(["decrypt", $"--session-key-out={here.PathOf("found")}", people.BobKey], message)).OrThrow();
        Assert.Matches("^[79]:[0-9A-F]+\n$", here.Read("made"));
        Assert.Equal(here.Read("made"), here.Read("found"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(here.PathOf("found")));
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", $"--with-session-key={here.PathOf("made")}"], message)).OrThrow().Output);
    }

    [Theory]
    [InlineData("any", 0)]
    [InlineData("storage", 0)]
    [InlineData("communications", 0)]
    public async Task KeysForEverythingServeEachPurpose(string purpose, int exitCode) =>
        Assert.Equal(exitCode, (await SopFolder.RunAsync(["encrypt", $"--for={purpose}", people.AliceCert], Text)).ExitCode);

    [Fact]
    public async Task SecretsComeThroughVariablesAndDescriptors()
    {
        using var here = new SopFolder();
        string result = (await here.ShellAsync(
            $"""
            export PW='{SopPeople.Password}'
            $sop encrypt --with-password=@ENV:PW --session-key-out=@FD:4 4>key > message
            $sop decrypt --with-password=@FD:5 < message 5<<<"$PW"
            $sop decrypt --with-session-key=@FD:6 < message 6<key
            KEY=$(cat {people.LockedKey}) $sop sign --with-key-password=@FD:0 @ENV:KEY < {people.PasswordFile} > /dev/null && echo signed
            """,
            Text)).OrThrow().OutputText;
        Assert.Equal($"{Encoding.UTF8.GetString(Text)}{Encoding.UTF8.GetString(Text)}signed\n", result);
    }

    [Fact]
    public async Task MuchStreamsThroughEncryption()
    {
        using var here = new SopFolder();
        byte[] data = new byte[30 << 20];
        Random.Shared.NextBytes(data);
        byte[] message = (await SopFolder.RunAsync(["encrypt", "--no-armor", $"--sign-with={people.AliceKey}", people.BobCert], data)).OrThrow().Output;
        byte[] opened = (await SopFolder.RunAsync(["decrypt", people.BobKey], message)).OrThrow().Output;
        Assert.True(data.AsSpan().SequenceEqual(opened), "it came back changed");
    }
}
