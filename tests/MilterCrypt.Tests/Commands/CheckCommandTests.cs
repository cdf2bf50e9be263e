namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt check`: where it says that nothing is wrong the daemon starts, and mail that can be encrypted leaves.</summary>
public sealed class CheckCommandTests(People people)
{
    [Fact]
    public async Task AHopKeyThatCanNotBeReadIsAnError()
    {
        using var here = new Installation();
        here.Configure($"hop-key: file:{here.PathOf("hop.key")}\n{Installation.EncryptOrReject}");
        Assert.Contains($"error: hop-key: the key in {here.PathOf("hop.key")} is not used: ", await ErrorsAsync(here), StringComparison.Ordinal);

        here.Write("hop.key", new byte[16]);
        File.SetUnixFileMode(here.PathOf("hop.key"), UnixFileMode.UserRead);
        Assert.Contains($"error: hop-key: the key in {here.PathOf("hop.key")} has 16 octets: 32 at least are needed", await ErrorsAsync(here), StringComparison.Ordinal);

        here.Configure($"hop-key: [file:{here.HopKey()}, file:{here.PathOf("old.key")}]\n{Installation.EncryptOrReject}");
        Assert.Contains($"error: hop-key: the key in {here.PathOf("old.key")}", await ErrorsAsync(here), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatOnlyTheUnitHasIsNotWrong()
    {
        using var here = new Installation();
        here.Configure($"hop-key: credential:hop\n{Installation.EncryptOrReject}");
        await here.ImportAsync(people.Bob);
        string said = (await here.RunAsync("check", "--no-mta")).OrThrow().OutputText;
        Assert.Contains("note: hop-key: the credential 'hop' is there only for the unit that systemd starts", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APassphraseAndAFolderThatTheDaemonNeedsAreLookedAt()
    {
        using var here = new Installation();
        here.Configure($"secret-keys: {{held-by: daemon, directory: {here.SecretKeys}, passphrase: file:{here.PathOf("passphrase")}}}\n{Installation.EncryptOrReject}");
        string said = await ErrorsAsync(here);
        Assert.Contains($"error: secret-keys.directory: there is no folder {here.SecretKeys}", said, StringComparison.Ordinal);
        Assert.Contains("error: secret-keys.passphrase: ", said, StringComparison.Ordinal);
        Assert.Contains(here.PathOf("passphrase"), said, StringComparison.Ordinal);

        here.ConfigureSecrets();
        File.AppendAllText(here.ConfigurationFile, "\n");
        Assert.DoesNotContain("secret-keys", (await here.RunAsync("check", "--no-mta")).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJournalThatCanNotBeWrittenIsAnError()
    {
        using var here = new Installation();
        here.Configure($"reinject: smtp://127.0.0.1:1\njournal: /nowhere/journal.db\n{Installation.EncryptOrReject}");
        Assert.Contains("error: journal: there is no directory /nowhere", await ErrorsAsync(here), StringComparison.Ordinal);
        here.Configure($"reinject: smtp://127.0.0.1:1\njournal: {Path.GetDirectoryName(here.Store)}\n{Installation.EncryptOrReject}");
        Assert.Contains($"error: journal: {Path.GetDirectoryName(here.Store)} is a folder", await ErrorsAsync(here), StringComparison.Ordinal);
        // Without a message to hand over there is none.
        here.Configure($"journal: /nowhere/journal.db\n{Installation.EncryptOrReject}");
        Assert.DoesNotContain("journal", (await here.RunAsync("check", "--no-mta")).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEscrowAddressWithoutAKeyIsAnErrorAsAllMailWouldWait()
    {
        using var here = new Installation("rules: [{encrypt: always, escrow: [archive@example.org, bob+archive@example.org]}]");
        Assert.Contains("error: escrow: no key of archive@example.org is known: all mail", await ErrorsAsync(here), StringComparison.Ordinal);
        await here.ImportAsync(people.Bob);
        string said = await ErrorsAsync(here);
        Assert.Contains("error: escrow: no key of archive@example.org is known", said, StringComparison.Ordinal);
        Assert.DoesNotContain("bob+archive", said, StringComparison.Ordinal);

        here.Configure("rules: [{encrypt: always, escrow: carol@example.org}]");
        await here.ImportAsync(people.Carol);
        Assert.Matches(@"error: escrow: the key of carol@example\.org can't be used \(expired ", await ErrorsAsync(here));
        here.Configure("rules: [{encrypt: always, escrow: bob@example.org}]");
        Assert.DoesNotContain("escrow", (await here.RunAsync("check", "--no-mta")).OrThrow().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReaderOfAnAliasWithoutAKeyIsPointedOut()
    {
        using var here = new Installation($"aliases: [{{address: team@example.org, keys-of: [bob@example.org, dora@example.org]}}]\n{Installation.EncryptOrReject}");
        await here.ImportAsync(people.Bob);
        string said = (await here.RunAsync("check", "--no-mta")).OrThrow().OutputText;
        Assert.Contains("warning: aliases: no key of dora@example.org is known: mail to team@example.org is treated as without a key", said, StringComparison.Ordinal);
        Assert.DoesNotContain("no key of bob", said, StringComparison.Ordinal);
    }

    private static async Task<string> ErrorsAsync(Installation here)
    {
        var result = await here.RunAsync("check", "--no-mta");
        Assert.Equal(78, result.ExitCode);
        return result.OutputText;
    }
}
