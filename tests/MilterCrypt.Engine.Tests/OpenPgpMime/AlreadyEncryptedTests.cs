using System.Text;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Policy;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Engine.Tests.OpenPgpMime;

/// <summary>A message counts as encrypted only if its packets say so; whatever else calls itself encrypted is encrypted
/// as any message is.</summary>
public sealed class AlreadyEncryptedTests(Correspondents people)
{
    private const string Outer = "From: alice@example.org\nMIME-Version: 1.0\n"
        + "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=\"b\"\n";

    private const string Control = "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n";

    private const string Data = "--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n";

    public static TheoryData<string, string> Claims => new()
    {
        { "plain text inside", Outer + "\n" + Control + Data + "the secret in clear\n--b--\n" },
        { "no structure at all", Outer + "\nthe secret in clear\n" },
        { "text before the first part", Outer + "\nthe secret in clear\n" + Control + Data + "{armor}--b--\n" },
        { "text behind the last part", Outer + "\n" + Control + Data + "{armor}--b--\nthe secret in clear\n" },
        { "text before the armor", Outer + "\n" + Control + Data + "the secret in clear\n{armor}--b--\n" },
        { "text behind the armor", Outer + "\n" + Control + Data + "{armor}the secret in clear\n--b--\n" },
        { "a second message behind the first", Outer + "\n" + Control + Data + "{armor}{armor}--b--\n" },
        { "a third part", Outer + "\n" + Control + Data + "{armor}--b\nContent-Type: text/plain\n\nthe secret in clear\n--b--\n" },
        { "a letter in the control part", Outer + "\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\nthe secret in clear\n" + Data + "{armor}--b--\n" },
        { "no control part", Outer + "\n" + Data + "{armor}--b--\n" },
        { "no version", Outer + "\n--b\nContent-Type: application/pgp-encrypted\n\n\n" + Data + "{armor}--b--\n" },
        { "text as control part", Outer + "\n--b\nContent-Type: text/plain\n\nVersion: 1\n" + Data + "{armor}--b--\n" },
        { "text as data part", Outer + "\n" + Control + "--b\nContent-Type: text/plain\n\n{armor}--b--\n" },
        { "a letter in a part's header", Outer + "\n" + Control + "--b\nX-Letter: the secret in clear\nContent-Type: application/octet-stream\n\n{armor}--b--\n" },
        { "a long letter in a part's header", Outer + "\n" + Control + "--b\nContent-Description: " + new string('x', 990) + "\n " + new string('x', 900) + "\nContent-Type: application/octet-stream\n\n{armor}--b--\n" },
        { "a letter as description", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream\nContent-Description: the secret in clear\n\n{armor}--b--\n" },
        { "a letter as the control part's description", Outer + "\n--b\nContent-Type: application/pgp-encrypted\nContent-Description: the secret in clear\n\nVersion: 1\n" + Data + "{armor}--b--\n" },
        { "a letter as a field that nobody knows", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream\nContent-Note: the secret in clear\n\n{armor}--b--\n" },
        { "a letter as ID", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream\nContent-ID: the.secret@in.clear\n\n{armor}--b--\n" },
        { "a letter as file name", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream\nContent-Disposition: inline; filename=\"the secret in clear.asc\"\n\n{armor}--b--\n" },
        { "a letter as a part's name", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream; name=\"the secret in clear\"\n\n{armor}--b--\n" },
        { "a long file name", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream; name=the-secret-in-clear-and-even-more-of-it.asc\n\n{armor}--b--\n" },
        { "a letter as another parameter", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream; note=\"the secret in clear\"\n\n{armor}--b--\n" },
        { "a letter as disposition", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream\nContent-Disposition: secret\n\n{armor}--b--\n" },
        { "a letter as comment", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream (the secret in clear)\n\n{armor}--b--\n" },
        { "two descriptions", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream\nContent-Description: OpenPGP encrypted message\nContent-Description: the secret in clear\n\n{armor}--b--\n" },
        { "never closed", Outer + "\n" + Control + Data + "{armor}" },
        { "a boundary's prefix", Outer + "\n" + Control + Data + "{armor}--bc--\n--b--\n" },
        { "a literal packet", Outer + "\n" + Control + Data + "{stored}--b--\n" },
        { "a compressed packet", Outer + "\n" + Control + Data + "{compressed}--b--\n" },
        { "a signed message", Outer + "\n" + Control + Data + "{signed}--b--\n" },
        { "a public key", Outer + "\n" + Control + Data + "{key}--b--\n" },
        { "broken armor", Outer + "\n" + Control + Data + "{cut}--b--\n" },
        { "a false transfer encoding", Outer + "Content-Transfer-Encoding: base64\n\n" + Control + Data + "{armor}--b--\n" },
        { "a part with a transfer encoding", Outer + "\n" + Control + "--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: quoted-printable\n\n{armor}--b--\n" },
        { "two content types", Outer + "Content-Type: text/plain\n\n" + Control + Data + "{armor}--b--\n" },
        { "another protocol", Outer.Replace("application/pgp-encrypted", "application/other", StringComparison.Ordinal) + "\n" + Control + Data + "{armor}--b--\n" },
        { "a word before the inline message", "From: alice@example.org\n\nthe secret in clear\n{armor}" },
        { "a word behind the inline message", "From: alice@example.org\n\n{armor}the secret in clear\n" },
        { "an inline message in HTML", "From: alice@example.org\nContent-Type: text/html\n\n{armor}" },
        { "a signed inline message", "From: alice@example.org\n\n{signed}" },
        { "for another recipient", Outer + "\n" + Control + Data + "{for carol}--b--\n" },
        { "inline for another recipient", "From: alice@example.org\n\n{for carol}" },
        { "for a passphrase", Outer + "\n" + Control + Data + "{passphrase}--b--\n" },
    };

    [Theory]
    [InlineData(Outer + "\n" + Control + Data + "{armor}--b--\n")]
    [InlineData(Outer + "\nThis is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)\n" + Control + Data + "\n{armor}\n--b--\n\n")]
    [InlineData(Outer + "\n" + Control + Data + "{for both}--b--")]
    [InlineData(Outer + "\n" + Control + Data + "{anonymous}--b--\n")]
    [InlineData(Outer + "\n--b\nContent-Type: application/pgp-encrypted; name=\"version.asc\"\nContent-Description: PGP/MIME version identification\n\nVersion: 1\n\n"
        + "--b\nContent-Type: application/octet-stream; name=\"OpenPGP encrypted message.asc\"\nContent-Description: OpenPGP encrypted message\nContent-Disposition: inline; filename=\"OpenPGP encrypted message.asc\"\n\n{armor}--b--\n")]
    [InlineData(Outer + "\n--b\nContent-Transfer-Encoding: 7bit\nContent-Type: application/pgp-encrypted\nContent-Description: PGP/MIME Versions Identification\n\nVersion: 1\n\n"
        + "--b\nContent-Transfer-Encoding: 7bit\nContent-Disposition: inline;\n\tfilename=encrypted.asc\nContent-Type: application/octet-stream;\n\tname=encrypted.asc\nContent-Description: OpenPGP encrypted message\n\n{armor}--b--\n")]
    [InlineData(Outer + "\n--b\nContent-Type: application/pgp-encrypted\nContent-Disposition: attachment\n\nVersion: 1\n\n"
        + "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"msg.asc\"\n\n{armor}--b--\n")]
    [InlineData("From: alice@example.org\n\n{armor}")]
    [InlineData("From: alice@example.org\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n\n{armor}\n\n")]
    public async Task WhatIsEncryptedForItsRecipientGoesOnAsItCame(string template)
    {
        var processed = await ProcessAsync(template);
        Assert.Equal("already encrypted", Assert.IsType<MessageOutcome.Unchanged>(processed.Outcome).Reason);
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task WhatOnlyClaimsToBeEncryptedIsEncrypted(string claim, string template)
    {
        var processed = await ProcessAsync(template);
        Assert.True(processed.Outcome is MessageOutcome.Rewritten, $"{claim} was let through");
        string whole = Encoding.Latin1.GetString(processed.Whole());
        Assert.DoesNotContain("secret", whole, StringComparison.Ordinal);
        Assert.NotEmpty(await people.Bob.OpenAsync(processed.Armor()));
    }

    [Fact]
    public async Task WhatThisFilterWroteIsNotEncryptedTwice()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob);
        var once = await workshop.EncryptAsync(Letter.Load("multipart-attachment.eml"), people.Bob.Address);
        foreach (int piece in (int[])[1, 3, 64, 65_535])
        {
            var twice = await workshop.EncryptAsync(new Letter(once.Header, once.Body), people.Bob.Address, piece);
            Assert.IsType<MessageOutcome.Unchanged>(twice.Outcome);
        }
    }

    [Fact]
    public async Task OneAnonymousKeyIsNotEnoughForTwoRecipients()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob).Know(people.Carol);
        var letter = Letter.Read(await FillAsync(Outer + "\n" + Control + Data + "{anonymous}--b--\n"));
        await using var message = workshop.Begin();
        message.AddRecipient(people.Bob.Address);
        message.AddRecipient(people.Carol.Address);
        message.ReadHeader(letter.Header);
        var outcome = await message.ReadBodyAsync(Workshop.Feed(letter.Body, 1000), "test", TestContext.Current.CancellationToken);
        Assert.IsType<MessageOutcome.Rewritten>(outcome);
    }

    [Fact]
    public async Task EveryTruncationOfAnEncryptedMessageIsEncryptedAgain()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob);
        var letter = Letter.Read(await FillAsync(Outer + "\n" + Control + Data + "{armor}--b--"));
        for (int length = 0; length < letter.Body.Length; length++)
        {
            var processed = await workshop.EncryptAsync(letter with { Body = letter.Body[..length] }, people.Bob.Address);
            Assert.IsType<MessageOutcome.Rewritten>(processed.Outcome);
        }
    }

    [Fact]
    public async Task MutatedMessagesAreEncryptedOrLeftAloneAndNeverAnythingElse()
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob);
        var letter = Letter.Read(await FillAsync(Outer + "\n" + Control + Data + "{armor}--b--\n"));
        var random = new Random(6);
        for (int i = 0; i < 500; i++)
        {
            byte[] mutated = [.. letter.Body];
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            var processed = await workshop.EncryptAsync(letter with { Body = mutated }, people.Bob.Address, 1 + random.Next(200));
            Assert.True(processed.Outcome is MessageOutcome.Unchanged or MessageOutcome.Rewritten);
        }
    }

    private async Task<Processed> ProcessAsync(string template)
    {
        using var workshop = new Workshop().Rule(EncryptMode.Always).Know(people.Bob);
        return await workshop.EncryptAsync(Letter.Read(await FillAsync(template)), people.Bob.Address, 50);
    }

    private async Task<string> FillAsync(string template)
    {
        string armor = await GpgAsync("--encrypt", "--recipient-file", Key(people.Bob));
        foreach (var (name, make) in new Dictionary<string, Func<Task<string>>>
        {
            ["{armor}"] = () => Task.FromResult(armor),
            ["{cut}"] = () => Task.FromResult(armor.Remove(armor.Length / 2, 70)),
            ["{for carol}"] = () => GpgAsync("--encrypt", "--recipient-file", Key(people.Carol)),
            ["{for both}"] = () => GpgAsync("--encrypt", "--recipient-file", Key(people.Carol), "--recipient-file", Key(people.Bob)),
            ["{anonymous}"] = () => GpgAsync("--encrypt", "--hidden-recipient-file", Key(people.Carol)),
            ["{stored}"] = () => GpgAsync("--store", "--compress-algo", "none"),
            ["{compressed}"] = () => GpgAsync("--store", "--compress-algo", "zip"),
            ["{signed}"] = () => people.Bob.SignAsync("the secret in clear\n"u8.ToArray()),
            ["{key}"] = () => Task.FromResult(Encoding.ASCII.GetString(people.Bob.PublicKey)),
            ["{passphrase}"] = () => GpgAsync("--symmetric", "--passphrase", "x", "--pinentry-mode", "loopback"),
        })
        {
            if (template.Contains(name, StringComparison.Ordinal))
                template = template.Replace(name, await make(), StringComparison.Ordinal);
        }
        return template;
    }

    private string Key(Correspondent somebody)
    {
        string path = Path.Combine(people.Folder, somebody.Address);
        if (!File.Exists(path))
            File.WriteAllBytes(path, somebody.PublicKey);
        return path;
    }

    private async Task<string> GpgAsync(params string[] arguments) => Encoding.ASCII.GetString((await Command.RunAsync(
        "gpg",
        ["--homedir", people.Folder, "--batch", "--no-tty", "--quiet", "--armor", "--trust-model", "always", .. arguments],
        "the secret in clear\n"u8.ToArray(),
        TestContext.Current.CancellationToken)).OrThrow().Output);
}
