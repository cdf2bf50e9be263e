using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt explain`: what the filter would do, said by the filter's own decisions.</summary>
public sealed class ExplainCommandTests(People people)
{
    private static readonly byte[] Letter = "From: alice@example.org\nTo: bob@example.org\nSubject: hello\n\nsecret text\n"u8.ToArray();

    [Fact]
    public async Task EachChoiceSaysFromWhereItComesAndWhichKeyIsUsed()
    {
        using var here = new Installation("""
            local-domains: [home.example]
            policy:
              defaults: {encrypt: when-possible}
              domains:
                example.org: {encrypt: always, without-key: defer}
            rules:
              - {name: managers, match: {user: boss}, sign: never, mode: enforce}
            """);
        await here.ImportAsync(people.Bob);
        string text = await ExplainAsync(here, "--from", "alice@home.example", "--to", "bob@example.org", "--user", "boss");
        Assert.Contains("The message is outbound.", text, StringComparison.Ordinal);
        Assert.Matches(@"Decided by managers, line \d+:", text);
        Assert.Matches(@"encrypt: always \(from domain example\.org, line \d+\)", text);
        Assert.Matches(@"without-key: defer \(from domain example\.org, line \d+\)", text);
        Assert.Matches(@"by default reports-without-key: headers-only, ", text);
        Assert.Contains($"Key {await OnlyKeyAsync(here)}, imported, user ID \"", text, StringComparison.Ordinal);
        Assert.Matches(@"bob@example\.org>?"", encrypted to [0-9A-F]{16}", text);
        Assert.Contains("It is rewritten: all get it encrypted with OpenPGP.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("managers", await ExplainAsync(here, "--from", "alice@home.example", "--to", "bob@example.org"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItSaysTheSameRefusalAsEncryptDoes()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Carol);
        foreach (string to in (string[])["carol@example.org", "nobody@example.org", "two@@example.org"])
        {
            string refusal = (await here.RunAsync(["encrypt", "--from", "a@example.org", "--to", to], Letter)).Error;
            string said = refusal[refusal.IndexOf('5', StringComparison.Ordinal)..].TrimEnd();
            Assert.Contains($"Refused at RCPT: {said} (", await ExplainAsync(here, "--from", "a@example.org", "--to", to), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WhatModeReportForeseesIsSaid()
    {
        using var here = new Installation("rules: [{encrypt: always, without-key: reject, mode: report}]");
        await here.ImportAsync(people.Bob);
        var json = await JsonAsync(here, "--from", "a@example.org", "--to", "bob@example.org", "--to", "nobody@example.org");
        Assert.Equal(["encrypted", "refused"], json.GetProperty("recipients").EnumerateArray().Select(one => one.GetProperty("wouldBe").GetProperty("outcome").GetString()!));
        Assert.Equal(550, json.GetProperty("recipients")[1].GetProperty("wouldBe").GetProperty("reply").GetProperty("code").GetInt32());
        Assert.Equal("unchanged", json.GetProperty("message").GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("enforce", "It is opened for alice@example.org, ")]
    [InlineData("report", "Were it not for `mode: report`, it would be decrypted.")]
    public async Task MailThatIsOnlyForeseenToBeOpenedIsNotSaidToBe(string mode, string said)
    {
        using var here = new Installation();
        here.ConfigureSecrets();
        (await here.RunAsync("keys", "generate", "alice@example.org")).OrThrow();
        here.Configure($$"""
            secret-keys: {directory: {{here.SecretKeys}}, passphrase: "file:{{here.PathOf("passphrase")}}", held-by: daemon}
            listen: [{address: "unix:{{here.PathOf("m.sock")}}", trusted-peers: [0]}]
            rules: [{decrypt: when-possible, mode: {{mode}}}]
            """);
        string text = await ExplainAsync(
            here, "--from", "sam@partner.example", "--to", "alice@example.org",
            "--header", "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b");
        Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.Equal(mode == "report", text.Contains("It goes on as it came (mode: report).", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhileABypassLastsNothingIsSaidToBeDoneOrRefused()
    {
        string until = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using var here = new Installation($$"""
            emergency-bypass: {until: {{until}}, reason: "the keys were lost"}
            aliases: [{address: team@example.org, keys-of: [bob@example.org], readdress: true}]
            {{Installation.EncryptOrReject}}
            """);
        await here.ImportAsync(people.Bob);
        string[] to = ["bob@example.org", "nobody@example.org", "team@example.org", "two@@example.org", "joe@my-.example"];
        var json = await JsonAsync(here, ["--from", "a@example.org", .. to.SelectMany(address => (string[])["--to", address])]);
        Assert.Equal(
            to.Select(address => $"{address}: clear by emergency bypass"),
            json.GetProperty("recipients").EnumerateArray().Select(one =>
                $"{one.GetProperty("recipient").GetString()}: {one.GetProperty("outcome").GetString()} by {one.GetProperty("rules")[0].GetProperty("name").GetString()}"));
        Assert.DoesNotContain(json.GetProperty("recipients").EnumerateArray(), one => one.TryGetProperty("readdressed", out var readers) && readers.GetArrayLength() > 0);
        Assert.Equal("unchanged", json.GetProperty("message").GetProperty("outcome").GetString());
        Assert.Equal("emergency bypass", json.GetProperty("message").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task ATagAnAliasAndAnEscrowKeyShowWhoseKeysTheyAre()
    {
        using var here = new Installation("""
            aliases: [{address: team@example.org, keys-of: [bob@example.org], readdress: true}]
            rules: [{encrypt: always, escrow: [bob@example.org]}]
            """);
        await here.ImportAsync(people.Bob);
        var json = await JsonAsync(here, "--from", "a@example.org", "--to", "bob+news@example.org", "--to", "team@example.org");
        var (tagged, team) = (json.GetProperty("recipients")[0], json.GetProperty("recipients")[1]);
        Assert.Equal("bob+news@example.org", tagged.GetProperty("keys")[0].GetProperty("reader").GetString());
        Assert.Equal("bob@example.org", tagged.GetProperty("keys")[0].GetProperty("foundFor").GetString());
        Assert.Equal("bob@example.org", team.GetProperty("keys")[0].GetProperty("reader").GetString());
        Assert.Equal("bob@example.org", team.GetProperty("readdressed")[0].GetString());
        string fingerprint = await OnlyKeyAsync(here);
        Assert.All([tagged, team], one => Assert.Equal(fingerprint, one.GetProperty("escrow")[0].GetProperty("fingerprint").GetString()));
    }

    [Fact]
    public async Task AMessageThatWouldBeSplitIsNotHandedToAnybody()
    {
        using var here = new Installation("""
            reinject: smtp://127.0.0.1:1
            policy: {defaults: {encrypt: when-possible}}
            """);
        await here.ImportAsync(people.Bob);
        string file = here.Write("letter.eml", Letter);
        string[] both = ["--from", "a@example.org", "--to", "bob@example.org", "--to", "nobody@example.org"];
        foreach (string[] arguments in (string[][])[both, [.. both, "--message", file]])
        {
            var message = (await JsonAsync(here, arguments)).GetProperty("message");
            Assert.Equal("split", message.GetProperty("outcome").GetString());
            Assert.Equal(
                ["openpgp: bob@example.org", "clear: nobody@example.org"],
                message.GetProperty("forms").EnumerateArray().Select(form => $"{form.GetProperty("form").GetString()}: {form.GetProperty("recipients")[0].GetString()}"));
        }
    }

    [Fact]
    public async Task AMessageThatWouldBeHeldIsNot()
    {
        using var here = new Installation();
        string folder = here.PathOf("held");
        Directory.CreateDirectory(folder);
        here.Configure($"held: {{directory: {folder}}}\nrules: [{{encrypt: always, without-key: hold, escrow: [bob@example.org]}}]");
        await here.ImportAsync(people.Bob);
        string text = await ExplainAsync(here, "--from", "a@example.org", "--to", "nobody@example.org", "--message", here.Write("letter", Letter));
        Assert.Contains("Escrow, bob@example.org: Key ", text, StringComparison.Ordinal);
        Assert.Contains("It is to be held, encrypted to the escrow's keys (no key).", text, StringComparison.Ordinal);
        Assert.Contains("It is held, encrypted to the escrow's keys, until there is a key", text, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public async Task WithoutAPlaceToHandItBackTheSecondFormIsRefusedAtOnceFromAQueueAndForGoodFromAMailProgram()
    {
        using var here = new Installation("policy: {defaults: {encrypt: when-possible}}");
        await here.ImportAsync(people.Bob);
        string[] both = ["--from", "a@example.org", "--to", "bob@example.org", "--to", "nobody@example.org"];
        Assert.Contains("Refused at RCPT: 452 4.5.3 ", await ExplainAsync(here, both), StringComparison.Ordinal);
        Assert.Contains("Refused at RCPT: 550 5.5.3 ", await ExplainAsync(here, [.. both, "--user", "a"]), StringComparison.Ordinal);
        Assert.Contains("refused at the end of header: 550 5.5.3 ", await ExplainAsync(here, [.. both, "--local"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BeforeTheQueueOfTwoHopsNoEncryptionIsPromised()
    {
        using var here = new Installation();
        here.Configure($"hop-key: file:{here.HopKey()}\nrules: [{{match: {{role: egress}}, encrypt: never}}, {{encrypt: always}}]");
        await here.ImportAsync(people.Bob);
        string[] letter = ["--from", "a@example.org", "--to", "bob@example.org"];
        string text = await ExplainAsync(here, letter);
        Assert.DoesNotContain("It is to be encrypted", text, StringComparison.Ordinal);
        Assert.Contains("what it gets is decided anew behind the queue, which --egress shows. If the same holds there, it is encrypted with OpenPGP.", text, StringComparison.Ordinal);
        var json = await JsonAsync(here, letter);
        Assert.Equal(("left-to-next-hop", "openpgp"), (Word(json, "outcome"), Word(json, "soFar")));
        Assert.Equal("clear", Word(await JsonAsync(here, [.. letter, "--egress"]), "outcome"));

        static string? Word(JsonElement json, string name) => json.GetProperty("recipients")[0].GetProperty(name).GetString();
    }

    [Fact]
    public async Task WhatIsEncryptedAlreadyIsSaidToGoOnAsItCame()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        string[] envelope = ["--from", "a@example.org", "--to", "bob@example.org"];
        byte[] once = (await here.RunAsync(["encrypt", .. envelope], Letter)).OrThrow().Output;
        Assert.Contains("It goes on as it came (already encrypted).", await ExplainAsync(here, [.. envelope, "--message", here.Write("once", once)]), StringComparison.Ordinal);
        Assert.Contains("It is rewritten", await ExplainAsync(here, [.. envelope, "--message", here.Write("plain", Letter)]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhySomethingIsNotSignedIsSaidAndTheKeyThatWouldSignIsNamed()
    {
        using var here = new Installation();
        here.ConfigureSecrets();
        (await here.RunAsync("keys", "generate", "alice@example.org")).OrThrow();
        await here.ImportAsync(people.Bob);
        string secrets = $"secret-keys: {{directory: {here.SecretKeys}, passphrase: file:{here.PathOf("passphrase")}, held-by: daemon}}";
        here.Configure($"rules: [{{encrypt: always, sign: when-possible}}]\nlisten: [{{address: \"unix:{here.PathOf("m.sock")}\", trusted-peers: [0]}}]\n{secrets}");
        string[] letter = ["--from", "alice@example.org", "--to", "bob@example.org"];
        Assert.Contains("It is not signed: the client did not log in.", await ExplainAsync(here, letter), StringComparison.Ordinal);
        Assert.Contains("who logged in may not sign as alice@example.org", await ExplainAsync(here, [.. letter, "--user", "bob@example.org"]), StringComparison.Ordinal);
        string signed = await ExplainAsync(here, [.. letter, "--user", "alice@example.org"]);
        Assert.Matches(@"It is signed as ""[^""]*alice@example\.org>?"" with [0-9A-F]{40,64}\.", signed);
    }

    [Fact]
    public async Task TheNullSendersReportsAndLocalSubmissionAreDecidedAsByTheDaemon()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        Assert.Contains("without its content", await ExplainAsync(here, "--from", "", "--to", "nobody@example.org"), StringComparison.Ordinal);
        string local = await ExplainAsync(here, "--from", "root@example.org", "--to", "nobody@example.org", "--local");
        Assert.Contains("Refused with the whole message (no key).", local, StringComparison.Ordinal);
        Assert.Contains("It is refused at the end of header: 550 5.7.1 ", local, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADividedMessageGivenByItsHeaderIsRefused()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        string text = await ExplainAsync(
            here, "--from", "a@example.org", "--to", "bob@example.org", "--header", "Content-Type: message/partial; id=a@b; number=1; total=2");
        Assert.Contains("Refused with the whole message (message/partial).", text, StringComparison.Ordinal);
        Assert.Contains("It is refused at the end of header: 554 5.6.1 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatHangsOnTheLengthIsUndecidedUntilTheMessageIsGiven()
    {
        using var here = new Installation("rules: [{name: large, match: {larger-than: 10KiB}, encrypt: never}, {name: other, encrypt: always}]");
        await here.ImportAsync(people.Bob);
        string[] envelope = ["--from", "a@example.org", "--to", "bob@example.org"];
        string open = await ExplainAsync(here, envelope);
        Assert.Matches(@"Perhaps decided by large, line \d+:", open);
        Assert.Matches(@"Perhaps decided by other, line \d+:", open);
        Assert.Contains("It is not decided what becomes of it", open, StringComparison.Ordinal);
        string small = await ExplainAsync(here, [.. envelope, "--message", here.Write("small", Letter)]);
        Assert.Matches(@"Decided by other, line \d+:", small);
        Assert.Contains("It is rewritten", small, StringComparison.Ordinal);
        string large = await ExplainAsync(here, [.. envelope, "--message", here.Write("large", [.. Letter, .. new byte[20_000]])]);
        Assert.Matches(@"Decided by large, line \d+:", large);
        Assert.Contains("It goes on as it came", large, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASubjectThatARuleLooksForDecides()
    {
        using var here = new Installation("rules: [{name: asked, match: {subject: '[secure]'}, encrypt: always}, {encrypt: never}]");
        await here.ImportAsync(people.Bob);
        string[] envelope = ["--from", "a@example.org", "--to", "bob@example.org", "--header"];
        Assert.Matches(@"Decided by asked, line \d+:", await ExplainAsync(here, [.. envelope, "Subject: [secure] hello"]));
        Assert.Contains("It goes on as it came", await ExplainAsync(here, [.. envelope, "Subject: hello"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingThatAnAddressIsMadeOfMovesTheTerminal()
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        string text = await ExplainAsync(here, "--from", "a@example.org", "--to", "\u001b[2Jbob@example.org");
        Assert.DoesNotContain('\u001b', text);
    }

    [Theory]
    [InlineData("--client", "nonsense")]
    [InlineData("--header", "no field")]
    [InlineData("--header", "X: a\nBcc: b")]
    public async Task ACommandLineThatMakesNoSenseIsAUsageError(string option, string value)
    {
        using var here = new Installation();
        await here.ImportAsync(people.Bob);
        Assert.Equal(64, (await here.RunAsync("explain", "--from", "a@example.org", "--to", "bob@example.org", option, value)).ExitCode);
    }

    [Theory]
    [InlineData("--user", "alice")]
    [InlineData("--client", "192.0.2.1")]
    [InlineData("--tls")]
    [InlineData("--local")]
    public async Task BehindTheQueueWhoHandsItInIsNotTakenFromTheCommandLineWhereNobodyWouldTell(params string[] who)
    {
        using var here = new Installation("rules: [{match: {user: alice}, encrypt: always}, {encrypt: never}]");
        await here.ImportAsync(people.Bob);
        string[] letter = ["explain", "--from", "a@example.org", "--to", "bob@example.org", "--egress", .. who];
        var refused = await here.RunAsync(letter);
        Assert.Equal(64, refused.ExitCode);
        Assert.Contains("there is no `hop-key`", refused.Error, StringComparison.Ordinal);

        here.Configure($"hop-key: file:{here.HopKey()}\nrules: [{{match: {{user: alice}}, encrypt: always}}, {{encrypt: never}}]");
        string said = (await here.RunAsync(letter)).OrThrow().OutputText;
        Assert.Equal(who[0] == "--user", said.Contains("It is to be encrypted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ThatTheFirstHopsWordDoesNotHoldIsSaid()
    {
        using var here = new Installation();
        here.Configure($"hop-key: file:{here.HopKey()}\nrules: [{{name: hers, match: {{user: alice}}, encrypt: always}}, {{encrypt: never}}]");
        await here.ImportAsync(people.Bob);
        string forged = here.Write("forged", [.. "MilterCrypt-Origin: v=1; u=forged\n"u8, .. Letter]);
        string text = await ExplainAsync(here, "--from", "a@example.org", "--to", "bob@example.org", "--egress", "--message", forged);
        Assert.Matches(@"Decided by hers, line \d+:", text);
        Assert.Contains("What seems to be the first hop's word of it does not count (its code is not for this sender and header, or of another key), "
            + "so that the strictest rule that may be its sender's decides.", text, StringComparison.Ordinal);
    }

    private static async Task<string> ExplainAsync(Installation here, params string[] arguments) =>
        (await here.RunAsync(["explain", .. arguments])).OrThrow().OutputText;

    private static async Task<string> OnlyKeyAsync(Installation here) => Assert.Single(await here.ListAsync()).Split(' ')[0];

    private static async Task<JsonElement> JsonAsync(Installation here, params string[] arguments)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(await ExplainAsync(here, [.. arguments, "--json"])));
        return document.RootElement.Clone();
    }
}
