using System.Text;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>The commands around: armor, certificates, what the program says of itself.</summary>
public sealed class SopFormsTests(SopPeople people) : IClassFixture<SopPeople>
{
    [Fact]
    public async Task ArmorIsNamedByWhatIsInside()
    {
        using var here = new SopFolder();
        byte[] text = "text\n"u8.ToArray();
        byte[] signature = (await SopFolder.RunAsync(["sign", people.AliceKey], text)).OrThrow().Output;
        byte[] signed = (await SopFolder.RunAsync(["inline-sign", people.AliceKey], text)).OrThrow().Output;
        byte[] encrypted = (await SopFolder.RunAsync(["encrypt", people.AliceCert], text)).OrThrow().Output;
        byte[] cert = (await SopFolder.RunAsync(["extract-cert"], File.ReadAllBytes(people.AliceKey))).OrThrow().Output;
        byte[] key = (await SopFolder.RunAsync(["armor"], (await SopFolder.RunAsync(["dearmor"], File.ReadAllBytes(people.AliceKey))).OrThrow().Output)).OrThrow().Output;
        foreach (var (armored, label) in new[]
        {
            (signature, "SIGNATURE"), (signed, "MESSAGE"), (encrypted, "MESSAGE"), (cert, "PUBLIC KEY BLOCK"), (key, "PRIVATE KEY BLOCK"),
        })
        {
            Assert.StartsWith($"-----BEGIN PGP {label}-----\n", Encoding.ASCII.GetString(armored), StringComparison.Ordinal);
            byte[] binary = (await SopFolder.RunAsync(["dearmor"], armored)).OrThrow().Output;
            Assert.True(binary[0] > 0x7F);
            Assert.Equal(armored, (await SopFolder.RunAsync(["armor"], binary)).OrThrow().Output);
            Assert.Equal(armored, (await SopFolder.RunAsync(["armor"], armored)).OrThrow().Output);
            Assert.Equal(binary, (await SopFolder.RunAsync(["dearmor"], binary)).OrThrow().Output);
        }
    }

    [Theory]
    [InlineData("auto", "PUBLIC KEY BLOCK")]
    [InlineData("sig", "SIGNATURE")]
    [InlineData("key", "PRIVATE KEY BLOCK")]
    [InlineData("cert", "PUBLIC KEY BLOCK")]
    [InlineData("message", "MESSAGE")]
    public async Task ArmorIsNamedAsItIsTold(string label, string expected)
    {
        using var here = new SopFolder();
        byte[] cert = (await SopFolder.RunAsync(["extract-cert", "--no-armor"], File.ReadAllBytes(people.AliceKey))).OrThrow().Output;
        string armored = (await SopFolder.RunAsync(["armor", $"--label={label}"], cert)).OrThrow().OutputText;
        Assert.StartsWith($"-----BEGIN PGP {expected}-----\n", armored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralKeysGiveTheirCertificatesInOneBlock()
    {
        using var here = new SopFolder();
        byte[] keys = [.. File.ReadAllBytes(people.AliceKey), .. File.ReadAllBytes(people.LockedKey)];
        string certs = here.Write("certs", (await SopFolder.RunAsync(["extract-cert"], keys)).OrThrow().Output);
        Assert.DoesNotContain("PRIVATE", here.Read("certs"), StringComparison.Ordinal);
        byte[] message = (await SopFolder.RunAsync(["encrypt", certs], "text"u8.ToArray())).OrThrow().Output;
        foreach (string key in new[] { people.AliceKey, people.LockedKey })
            Assert.Equal("text", (await SopFolder.RunAsync(["decrypt", $"--with-key-password={people.PasswordFile}", key], message)).OrThrow().OutputText);
    }

    [Fact]
    public async Task CopiesOfACertificateAreMergedAndOthersLeftOut()
    {
        using var here = new SopFolder();
        byte[] alice = (await SopFolder.RunAsync(["dearmor"], File.ReadAllBytes(people.AliceCert))).OrThrow().Output;

        // The primary key alone: nothing may be encrypted to it until it is merged with what others know.
        int end = 2 + alice[1];
        string bare = here.Write("bare", alice[..end]);
        await AssertExitCodeAsync(17, ["encrypt", bare]);
        string merged = here.Write("merged", (await SopFolder.RunAsync(["merge-certs", people.BobCert, people.AliceCert], alice.AsMemory(0, end))).OrThrow().Output);
        await AssertExitCodeAsync(0, ["encrypt", merged]);
        byte[] binary = (await SopFolder.RunAsync(["merge-certs", "--no-armor"], alice)).OrThrow().Output;
        Assert.Equal(alice, binary);
        Assert.Equal(alice, (await SopFolder.RunAsync(["dearmor"], File.ReadAllBytes(merged))).OrThrow().Output);
    }

    [Fact]
    public async Task TheVersionIsTold()
    {
        using var here = new SopFolder();
        Assert.Matches(@"^miltercrypt \d+\.\d+\.\d+\n$", (await SopFolder.RunAsync("version")).OrThrow().OutputText);
        Assert.Matches(@"^MilterCrypt\.OpenPgp \d+\.\d+\.\d+\n$", (await SopFolder.RunAsync("version", "--backend")).OrThrow().OutputText);
        Assert.Matches(@"^miltercrypt .*\nMilterCrypt\.OpenPgp .*\n\.NET", (await SopFolder.RunAsync("version", "--extended")).OrThrow().OutputText);
        Assert.Matches(@"^~?draft-dkg-openpgp-stateless-cli-\d\d\n", (await SopFolder.RunAsync("version", "--sop-spec")).OrThrow().OutputText);
        Assert.Equal("1.0\n", (await SopFolder.RunAsync("version", "--sopv")).OrThrow().OutputText);
    }

    [Fact]
    public async Task ProfilesAreListedTheUsualOneFirst()
    {
        using var here = new SopFolder();
        string[] profiles = (await SopFolder.RunAsync("list-profiles", "encrypt")).OrThrow().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["default", "rfc9580"], profiles.Select(static line => line.Split(": ")[0]));
    }

    [Fact]
    public async Task HelpNamesTheCommands()
    {
        using var here = new SopFolder();
        string help = (await SopFolder.RunAsync("--help")).OrThrow().OutputText;
        foreach (string command in new[] { "version", "sign", "verify", "encrypt", "decrypt", "inline-detach", "dearmor" })
            Assert.Contains($"\n  {command} ", help, StringComparison.Ordinal);
        Assert.Contains("--with-session-key", (await SopFolder.RunAsync("decrypt", "--help")).OrThrow().OutputText, StringComparison.Ordinal);
    }

    private static async Task AssertExitCodeAsync(int expected, string[] arguments)
    {
        CommandResult result = await SopFolder.RunAsync(arguments, "text"u8.ToArray());
        Assert.True(result.ExitCode == expected, $"{result.ExitCode}: {result.Error}");
    }
}
