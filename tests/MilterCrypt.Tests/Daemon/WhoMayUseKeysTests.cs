using System.Globalization;
using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>Somebody on this machine who can reach the filter's socket tells it that he is the mail server, and that alice logged
/// in: unless he is the user that the listener trusts, he gets nothing signed and nothing opened.</summary>
public sealed class WhoMayUseKeysTests(People people)
{
    private const string Alice = "alice@example.org", Untrusted = "the mail server is not trusted with secret keys here";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheTrustedUserHasMailSignedAndOpened()
    {
        using var here = await PrepareAsync();
        await using var daemon = await StartAsync(here, $"address: 'unix:{here.PathOf("m.sock")}', trusted-peers: {await OurUserAsync()}");
        await using var client = await ConnectAsync(new MilterEndpoint.Unix(here.PathOf("m.sock")));

        var signed = await client.DeliverAsync(Letter("bob@example.org"), Token);
        byte[] alice = (await here.RunAsync("keys", "export", Alice)).OrThrow().Output;
        (await people.Bob.GpgAsync(["--import"], alice)).OrThrow();
        Assert.Contains("[GNUPG:] GOODSIG ", await people.Bob.ExamineAsync(signed.Body.ToArray()), StringComparison.Ordinal);
        await daemon.WaitForTextAsync("signed-by=");
        await daemon.WaitForMatchAsync(@"outcome=encrypted, .* signed-by=[0-9A-F]{16}, ");
        await daemon.WaitForMatchAsync(@"key-use: operation=sign, key=[0-9A-F]{40}, hash=SHA(256|512), message=4A, for=<alice@example\.org>, peer-uid=\d+, peer-pid=\d+, outcome=done");

        var answer = await client.DeliverAsync(await EncryptedToAliceAsync(here), Token);
        Assert.Equal("for alice alone\r\n", Encoding.ASCII.GetString(answer.Body.Span));
        await daemon.WaitForTextAsync("outcome=decrypted");
        await daemon.WaitForMatchAsync(@"key-use: operation=open, key=[0-9A-F]{40}, hash=-, message=4A, for=<alice@example\.org>, .* outcome=done");
    }

    [Fact]
    public async Task NoLevelOfTheLogSilencesTheAudit()
    {
        using var here = await PrepareAsync();
        here.Configure(Configuration(here, $"address: 'unix:{here.PathOf("m.sock")}', trusted-peers: {await OurUserAsync()}") + "\nlog: {level: error}");
        await using var daemon = ChildProcess.Start(MilterCryptProgram.Path, ["serve", "--config", here.ConfigurationFile]);
        await Patience.UntilAsync(() => File.Exists(here.PathOf("m.sock")), () => "the daemon does not listen: " + daemon.Said);
        await using var client = await ConnectAsync(new MilterEndpoint.Unix(here.PathOf("m.sock")));

        await client.DeliverAsync(Letter("bob@example.org"), Token);
        await daemon.WaitForTextAsync("information: key-use: operation=sign, ");
        Assert.DoesNotContain("outcome=encrypted", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherUserOfThisMachineGetsNothingWhateverHeSays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Command.Exists("runuser"), "Only root can be another user, with runuser.");
        using var here = await PrepareAsync();
        string socket = here.PathOf("m.sock");
        await using var daemon = await StartAsync(here, $"address: 'unix:{socket}', mode: 666, trusted-peers: {await OurUserAsync()}");

        var signing = await ProbeAsOtherAsync(
            here, socket, "From: alice@example.org\n\nplease sign\n"u8.ToArray(), "--user", Alice, "--from", $"<{Alice}>", "--to", "<bob@example.org>");
        string status = await people.Bob.ExamineAsync(Encoding.ASCII.GetBytes(signing));
        Assert.Contains("[GNUPG:] DECRYPTION_OKAY", status, StringComparison.Ordinal);
        Assert.DoesNotContain("SIG", status, StringComparison.Ordinal);

        var letter = await EncryptedToAliceAsync(here);
        byte[] message = [.. letter.Header.SelectMany(field => Encoding.ASCII.GetBytes($"{field.Name}:{Encoding.ASCII.GetString(field.Value.Span)}\n")), 10, .. letter.Body.ToArray()];
        var opening = await ProbeAsOtherAsync(here, socket, message, "--user", Alice, "--from", "<bob@example.org>", "--to", $"<{Alice}>");
        Assert.DoesNotContain("for alice alone", opening, StringComparison.Ordinal);
        Assert.Contains("-----BEGIN PGP MESSAGE-----", opening, StringComparison.Ordinal);

        here.Configure(Configuration(here, $"address: 'unix:{socket}', mode: 666, trusted-peers: {await OurUserAsync()}", sign: "always"));
        await daemon.SignalAsync("HUP");
        await daemon.WaitForTextAsync("new configuration in force");
        string refused = await ProbeAsOtherAsync(
            here, socket, "From: alice@example.org\n\nplease sign\n"u8.ToArray(), "--user", Alice, "--from", $"<{Alice}>", "--to", "<bob@example.org>");
        Assert.Contains($"451 4.7.1 this message must be signed, but {Untrusted}", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN PGP MESSAGE", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("key-use:", daemon.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(", trusted-peers: anyone", true)]
    public async Task OverTcpNobodyGetsAnythingUnlessAnAdministratorSaidAnyone(string trust, bool isSigned)
    {
        using var here = await PrepareAsync();
        int port = LoopbackPort.Free();
        await using var daemon = await StartAsync(here, $"address: 'inet:127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}'{trust}");
        await using var client = await ConnectAsync(new MilterEndpoint.Inet("127.0.0.1", port, IPv6Only: false));

        await client.DeliverAsync(Letter("bob@example.org"), Token);
        await daemon.WaitForTextAsync("signed-by=");
        Assert.Equal(isSigned, !daemon.Said.Contains($"signed-by=none ({Untrusted})", StringComparison.Ordinal));
        var answer = await client.DeliverAsync(await EncryptedToAliceAsync(here), Token);
        Assert.Equal(isSigned, Encoding.ASCII.GetString(answer.Body.Span) == "for alice alone\r\n");
        Assert.Equal(isSigned, daemon.Said.Contains("key-use:", StringComparison.Ordinal));
        Assert.Equal(!isSigned, daemon.Said.Contains("no `listen` has trusted-peers: no secret key will be used", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "the client did not log in")]
    [InlineData("mallory@example.org", "who logged in may not sign as alice@example.org")]
    public async Task ALocalUserWhoLoggedInAsHimselfGetsNoSignatureOfAlices(string? user, string reason)
    {
        using var here = await PrepareAsync();
        await using var daemon = await StartAsync(here, $"address: 'unix:{here.PathOf("m.sock")}', trusted-peers: {await OurUserAsync()}");
        await using var client = await ConnectAsync(new MilterEndpoint.Unix(here.PathOf("m.sock")), user);

        await client.DeliverAsync(Letter("bob@example.org"), Token);
        await daemon.WaitForTextAsync($"signed-by=none ({reason})");
        Assert.DoesNotContain("key-use:", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AListenerOfTheCommandLineTrustsNobody()
    {
        using var here = await PrepareAsync();
        here.Configure(Configuration(here, $"address: 'unix:{here.PathOf("other.sock")}', trusted-peers: {await OurUserAsync()}"));
        await using var daemon = await ServingProgram.StartAsync(here, ServingProgram.ListenOnSocket(here));
        await using var client = await ConnectAsync(new MilterEndpoint.Unix(here.PathOf("m.sock")));

        await client.DeliverAsync(Letter("bob@example.org"), Token);
        await daemon.WaitForTextAsync($"signed-by=none ({Untrusted})");
    }

    private static string Configuration(Installation here, string listen, string sign = "when-possible") => $$"""
        listen: [{ {{listen}} }]
        secret-keys: {held-by: daemon, directory: {{here.SecretKeys}}, passphrase: 'file:{{here.PathOf("passphrase")}}'}
        rules:
          - match: {recipient: '{{Alice}}'}
            encrypt: never
            decrypt: when-possible
          - encrypt: always
            sign: {{sign}}
        """;

    private static async Task<string> OurUserAsync() => (await Command.RunAsync("id", ["-u"], ct: Token)).OrThrow().OutputText.Trim();

    private static async Task<string> ProbeAsOtherAsync(Installation here, string socket, byte[] message, params string[] arguments)
    {
        string file = here.Write("probe.eml", message);
        var result = await Command.RunAsync(
            "runuser",
            ["-u", "daemon", "--", MilterCryptProgram.Path, "probe", $"unix:{socket}", file, "--output", "-", "--macro", "i=4B", .. arguments],
            ct: Token);
        return result.OutputText + result.Error;
    }

    private async Task<Installation> PrepareAsync()
    {
        var here = new Installation();
        here.ConfigureSecrets();
        (await here.RunAsync("keys", "generate", Alice)).OrThrow();
        await here.ImportAsync(people.Bob);
        return here;
    }

    private static Task<ChildProcess> StartAsync(Installation here, string listen)
    {
        here.Configure(Configuration(here, listen));
        return ServingProgram.StartAsync(here, []);
    }

    private static Task<MilterClient> ConnectAsync(MilterEndpoint endpoint, string? user = Alice) =>
        ServingProgram.GreetAsync(endpoint, MtaHabits.Postfix, "4A", user);

    private static ClientMessage Letter(string recipient) => new(
        $"<{Alice}>",
        [$"<{recipient}>"],
        [new HeaderField("From", Encoding.ASCII.GetBytes($" Alice <{Alice}>")), new HeaderField("Subject", " x"u8.ToArray())],
        "this is secret\r\n"u8.ToArray());

    /// <summary>What the filter itself writes to alice.</summary>
    private static async Task<ClientMessage> EncryptedToAliceAsync(Installation here)
    {
        string other = here.PathOf("outgoing.yaml");
        await File.WriteAllTextAsync(other, $"store: sqlite:{here.Store}\nspool: {{directory: {here.PathOf("")}}}\n{Installation.EncryptOrReject}\n", Token);
        var result = (await MilterCryptProgram.RunAsync(
            ["encrypt", "--from", "bob@example.org", "--to", Alice, "--config", other],
            "From: bob@example.org\r\nSubject: y\r\n\r\nfor alice alone\r\n"u8.ToArray(),
            Token)).OrThrow();
        string[] parts = result.OutputText.ReplaceLineEndings("\n").Split("\n\n", 2);
        var fields = parts[0].Split('\n').Aggregate(new List<string>(), (list, line) =>
        {
            if (line.StartsWith('\t') || line.StartsWith(' '))
                list[^1] += "\n" + line;
            else
                list.Add(line);
            return list;
        });
        return new ClientMessage(
            "<bob@example.org>",
            [$"<{Alice}>"],
            [.. fields.Select(field => new HeaderField(field.Split(':')[0], Encoding.ASCII.GetBytes(field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..])))],
            Encoding.ASCII.GetBytes(parts[1].Replace("\n", "\r\n", StringComparison.Ordinal)));
    }
}
