using System.Text;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>The commands that make and change keys, and those that vouch for others.</summary>
public sealed class SopKeysTests(SopPeople people) : IClassFixture<SopPeople>
{
    private const string Alice = "Alice <alice@example.org>";

    private static readonly byte[] Text = "text\n"u8.ToArray();

    [Theory]
    [InlineData("default", 4)]
    [InlineData("compatibility", 4)]
    [InlineData("rfc4880", 4)]
    [InlineData("rfc9580", 6)]
    [InlineData("security", 6)]
    public async Task ANewKeySignsAndDecrypts(string profile, int version)
    {
        using var here = new SopFolder();
        var made = (await SopFolder.RunAsync("generate-key", $"--profile={profile}", "--", Alice)).OrThrow();
        Assert.StartsWith("-----BEGIN PGP PRIVATE KEY BLOCK-----\n", made.OutputText, StringComparison.Ordinal);
        string key = here.Write("key", made.Output);
        byte[] binary = (await SopFolder.RunAsync(["extract-cert", "--no-armor"], made.Output)).OrThrow().Output;
        string cert = here.Write("cert", binary);
        Assert.Contains(Alice, Encoding.Latin1.GetString(binary), StringComparison.Ordinal);
        Assert.Equal(version, binary[binary[1] < 192 ? 2 : 3]);
        string[] verifying = [$"--verify-with={cert}", $"--verifications-out={here.PathOf("lines")}"];
        byte[] message = (await SopFolder.RunAsync(["encrypt", $"--sign-with={key}", cert], Text)).OrThrow().Output;
        Assert.Equal(Text, (await SopFolder.RunAsync(["decrypt", .. verifying, key], message)).OrThrow().Output);
        Assert.NotEmpty(here.Read("lines"));
    }

    [Fact]
    public async Task ANewKeyIsLockedOrForSigningAlone()
    {
        using var here = new SopFolder();
        string locked = here.Write("locked", (await SopFolder.RunAsync("generate-key", "--no-armor", $"--with-key-password={people.PasswordFile}")).OrThrow().Output);
        await EndsAsync(67, ["sign", locked], Text);
        await EndsAsync(0, ["sign", $"--with-key-password={people.PasswordFile}", locked], Text);
        byte[] signing = (await SopFolder.RunAsync("generate-key", "--signing-only", Alice)).OrThrow().Output;
        await EndsAsync(17, ["encrypt", here.Write("signing", (await SopFolder.RunAsync(["extract-cert"], signing)).OrThrow().Output)], Text);
        await EndsAsync(89, ["generate-key", "--profile=frobnicate"]);
        await EndsAsync(31, ["generate-key", $"--with-key-password={here.Write("bell", "a\ab")}"]);
        await EndsAsync(41, ["generate-key", new string('x', 3000)]);
        Assert.Contains("default: ", (await SopFolder.RunAsync("list-profiles", "generate-key")).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APasswordIsSetChangedAndTakenAway()
    {
        using var here = new SopFolder();
        byte[] key = (await SopFolder.RunAsync("generate-key", Alice)).OrThrow().Output;
        string other = here.Write("other", "other\n");
        byte[] locked = (await SopFolder.RunAsync(["change-key-password", $"--new-key-password={people.PasswordFile}"], key)).OrThrow().Output;
        byte[] changed = (await SopFolder.RunAsync(
            ["change-key-password", $"--old-key-password={other}", $"--old-key-password={people.PasswordFile}", $"--new-key-password={other}"], locked)).OrThrow().Output;
        await EndsAsync(67, ["sign", $"--with-key-password={people.PasswordFile}", here.Write("changed", changed)], Text);
        await EndsAsync(0, ["sign", $"--with-key-password={other}", here.PathOf("changed")], Text);
        await EndsAsync(67, ["change-key-password"], changed);
        await EndsAsync(67, ["change-key-password", $"--old-key-password={people.PasswordFile}"], changed);
        Assert.Equal(key, (await SopFolder.RunAsync(["change-key-password", $"--old-key-password={other}"], changed)).OrThrow().Output);
    }

    [Fact]
    public async Task ARevokedKeyIsUsedByNobody()
    {
        using var here = new SopFolder();
        byte[] revoked = (await SopFolder.RunAsync(["revoke-key"], File.ReadAllBytes(people.AliceKey))).OrThrow().Output;
        Assert.StartsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n", Encoding.ASCII.GetString(revoked), StringComparison.Ordinal);
        string cert = here.Write("revoked", revoked);
        string signature = here.Write("signature", (await SopFolder.RunAsync(["sign", people.AliceKey], Text)).OrThrow().Output);
        await EndsAsync(17, ["encrypt", cert], Text);
        await EndsAsync(3, ["verify", signature, cert], Text);
        foreach (var (signer, exitCode) in new[] { (people.AliceCert, 0), (cert, 3) })
            Assert.Equal(exitCode, (await Command.RunAsync("sqop", ["verify", signature, signer], Text, TestContext.Current.CancellationToken)).ExitCode);
        await EndsAsync(67, ["revoke-key"], File.ReadAllBytes(people.LockedKey));
        await EndsAsync(0, ["revoke-key", $"--with-key-password={people.PasswordFile}"], File.ReadAllBytes(people.LockedKey));
    }

    [Fact]
    public async Task AUserIdCountsWhereAnAuthorityVouchesForIt()
    {
        using var here = new SopFolder();
        byte[] alice = File.ReadAllBytes(people.AliceCert);
        byte[] certified = (await SopFolder.RunAsync(["certify-userid", $"--userid={Alice}", people.BobKey], alice)).OrThrow().Output;
        await EndsAsync(0, ["validate-userid", Alice, people.BobCert], certified);
        await EndsAsync(0, ["validate-userid", "--addr-spec-only", "alice@example.org", people.BobCert], certified);
        byte[] binary = (await SopFolder.RunAsync(["dearmor"], certified)).OrThrow().Output;
        await EndsAsync(0, ["validate-userid", Alice, people.LockedCert, people.BobCert], binary);

        await EndsAsync(107, ["validate-userid", Alice, people.BobCert], alice);
        await EndsAsync(107, ["validate-userid", Alice, people.LockedCert], certified);
        await EndsAsync(107, ["validate-userid", "alice@example.org", people.BobCert], certified);
        await EndsAsync(107, ["validate-userid", "--addr-spec-only", "bob@example.org", people.BobCert], certified);
        await EndsAsync(107, ["validate-userid", "--validate-at=2020-01-01T00:00:00Z", Alice, people.BobCert], certified);

        // All certificates must have it; and who is revoked himself vouches for nobody.
        byte[] both = [.. certified, .. File.ReadAllBytes(people.BobCert)];
        await EndsAsync(107, ["validate-userid", Alice, people.BobCert], both);
        string revoked = here.Write("revoked", (await SopFolder.RunAsync(["revoke-key"], File.ReadAllBytes(people.BobKey))).OrThrow().Output);
        await EndsAsync(107, ["validate-userid", Alice, revoked], certified);
    }

    [Fact]
    public async Task NobodyVouchesForWhatIsNotThereOrWithoutAKey()
    {
        using var here = new SopFolder();
        byte[] alice = File.ReadAllBytes(people.AliceCert);
        await EndsAsync(107, ["certify-userid", "--userid=Mallory <alice@example.org>", people.BobKey], alice);
        await EndsAsync(67, ["certify-userid", $"--userid={Alice}", people.LockedKey], alice);
        await EndsAsync(19, ["certify-userid", people.BobKey], alice);
        await EndsAsync(19, ["certify-userid", $"--userid={Alice}"], alice);
        await EndsAsync(19, ["validate-userid", Alice], alice);
        await EndsAsync(37, ["validate-userid", "--validate-at=-", Alice, people.BobCert], alice);
    }

    [Fact]
    public async Task WithoutTheOwnersOwnWordAUserIdIsCertifiedWhereThatIsAskedFor()
    {
        byte[] alice = File.ReadAllBytes(people.AliceCert);
        const string Unsaid = "Alice <alice@other.example>";
        await EndsAsync(107, ["certify-userid", $"--userid={Unsaid}", people.BobKey], alice);
        byte[] certified = (await SopFolder.RunAsync(["certify-userid", "--no-require-self-sig", $"--userid={Unsaid}", $"--userid={Alice}", people.BobKey], alice)).OrThrow().Output;
        byte[] binary = (await SopFolder.RunAsync(["dearmor"], certified)).OrThrow().Output;
        Assert.Equal(1, binary.AsSpan().Count(Encoding.UTF8.GetBytes(Unsaid)));

        // Bob's word is there for both; nobody believes it of what Alice does not say herself.
        string packets = (await Command.RunAsync("gpg", ["--list-packets"], binary, TestContext.Current.CancellationToken)).OrThrow().OutputText;
        Assert.Equal(2, packets.Split("sigclass 0x10").Length - 1);
        await EndsAsync(0, ["validate-userid", Alice, people.BobCert], certified);
        await EndsAsync(107, ["validate-userid", Unsaid, people.BobCert], certified);
    }

    private static async Task EndsAsync(int exitCode, string[] arguments, byte[]? input = null)
    {
        var result = await SopFolder.RunAsync(arguments, input);
        Assert.True(
            result.ExitCode == exitCode && (exitCode == 0 || result.Output.Length == 0),
            $"sop {string.Join(' ', arguments)}: {result.ExitCode}, not {exitCode}, with {result.Output.Length} octets: {result.Error}");
    }
}
