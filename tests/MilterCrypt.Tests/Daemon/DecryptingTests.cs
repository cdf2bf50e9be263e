using System.Globalization;
using System.Text;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>The running daemon with Alice's and Bob's secret keys: what an MTA gets for them, and what the log says of it.</summary>
public sealed class DecryptingTests : IDisposable
{
    private const string Alice = "alice@example.org", Bob = "bob@example.org", Entity = "Content-Type: text/html\r\nSubject: the real subject\r\n\r\n<p>this is secret\r\n";

    private readonly SecretCertificate alice = SecretCertificate.Generate(new KeyGeneration { UserIds = [Alice] });
    private readonly SecretCertificate bob = SecretCertificate.Generate(new KeyGeneration { UserIds = [Bob] });
    private readonly Installation here = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AMessageIsOpenedAndHasOneLineInTheLog()
    {
        await using var daemon = await StartAsync(trusted: true);
        await using var client = await ConnectAsync();
        var result = await client.DeliverAsync(await LetterAsync(alice, [Alice], signer: bob), Token);

        Assert.Equal("<p>this is secret\r\n", Encoding.ASCII.GetString(result.Body.Span));
        Assert.Equal(["MilterCrypt-Result", "Date", "From", "Subject", "Message-Id", "Content-Type", "MIME-Version"], OfTheMessage(result.Header).Select(field => field.Name));
        Assert.Matches(@"^ decrypted; key=[0-9A-F]{16}; signature=good;\s+signer=" + bob.Certificate.Fingerprint, Encoding.ASCII.GetString(OfTheMessage(result.Header).First().Value.Span));

        await daemon.WaitForTextAsync("outcome=decrypted");
        string line = Assert.Single(daemon.Said.Split('\n'), text => text.Contains("4QUEUEID: ", StringComparison.Ordinal));
        Assert.Matches(
            @"information: 4QUEUEID: from=<bob@example\.org>, to=<alice@example\.org>, recipients=1, rule=rule 1, outcome=decrypted, format=SEIPDv[12], key=[0-9A-F]{16}, signature=good \([0-9A-F]{16}\), bytes=\d+, bytes-out=19, ms=\d+$",
            line);
        Assert.DoesNotContain("the real subject", daemon.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody is trusted", "the mail server is not trusted with secret keys here")]
    [InlineData("two people", "the recipients do not share a certificate")]
    [InlineData("somebody else's", "it is not encrypted to the recipient")]
    [InlineData("damaged", "the message can't be decrypted")]
    public async Task WhatIsNotOpenedIsDeliveredAsItCame(string which, string reason)
    {
        await using var daemon = await StartAsync(trusted: which != "nobody is trusted");
        await using var client = await ConnectAsync();
        var letter = await LetterAsync(which == "somebody else's" ? bob : alice, which == "two people" ? [Alice, Bob] : [Alice]);
        if (which == "damaged")
        {
            byte[] body = letter.Body.ToArray();
            int at = body.AsSpan().LastIndexOf("\n="u8) - 10;
            body[at] = (byte)(body[at] == 'A' ? 'B' : 'A');
            letter = letter with { Body = body };
        }

        var result = await client.DeliverAsync(letter, Token);
        Assert.Equal(letter.Body.ToArray(), result.Body.ToArray());
        Assert.Equal(Text(letter.Header), Text(OfTheMessage(result.Header)));
        await daemon.WaitForTextAsync($"outcome=unchanged, reason=not opened: {reason}, ms=");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AFalseResultDoesNotComeThroughWhateverElseIsDone(bool trusted)
    {
        await using var daemon = await StartAsync(trusted);
        await using var client = await ConnectAsync();
        var encrypted = await LetterAsync(bob, [Alice]);
        var plain = encrypted with { Header = [.. encrypted.Header.Where(field => field.Name != "Content-Type")], Body = "hello\r\n"u8.ToArray() };
        foreach (var letter in new[] { encrypted, plain })
        {
            HeaderField[] forged = [new("MILTERCRYPT-result", " decrypted"u8.ToArray()), .. letter.Header, new("MilterCrypt-Result", " decrypted; signature=good"u8.ToArray())];
            var result = await client.DeliverAsync(letter with { Header = forged }, Token);
            Assert.Equal(Text(letter.Header), Text(OfTheMessage(result.Header)));
            Assert.Equal(letter.Body.ToArray(), result.Body.ToArray());
        }
        await daemon.WaitForTextAsync("outcome=unchanged, reason=rule 1; its header is changed, ms=");
    }

    public void Dispose()
    {
        here.Dispose();
        alice.Dispose();
        bob.Dispose();
    }

    private static async Task<ClientMessage> LetterAsync(SecretCertificate reader, string[] recipients, SecretCertificate? signer = null)
    {
        using var armor = new MemoryStream();
        await new Pgp().EncryptAsync(new MemoryStream(Encoding.ASCII.GetBytes(Entity)), armor, [reader.Certificate], signer is null ? [] : [signer], Token);
        string body = "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\nContent-Type: application/octet-stream\n\n"
            + Encoding.ASCII.GetString(armor.ToArray()).ReplaceLineEndings("\n") + "\n--b--\n";
        return new ClientMessage(
            $"<{Bob}>",
            [.. recipients.Select(recipient => $"<{recipient}>")],
            [
                new HeaderField("Date", " Mon, 23 Nov 2026 10:00:00 +0100"u8.ToArray()),
                new HeaderField("From", Encoding.ASCII.GetBytes($" {Bob}")),
                new HeaderField("Subject", " ..."u8.ToArray()),
                new HeaderField("Message-Id", " <1@example.org>"u8.ToArray()),
                new HeaderField("Content-Type", " multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b"u8.ToArray()),
            ],
            Encoding.ASCII.GetBytes(body.ReplaceLineEndings("\r\n")));
    }

    private static string Text(IEnumerable<HeaderField> header) =>
        string.Join('\n', header.Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name}:{Encoding.ASCII.GetString(field.Value.Span)}")));

    // The MTA's own field is above all.
    private static IEnumerable<HeaderField> OfTheMessage(IEnumerable<HeaderField> header) => header.SkipWhile(field => field.Name == "Received");

    private async Task<ChildProcess> StartAsync(bool trusted)
    {
        string keys = here.PathOf("secret");
        Directory.CreateDirectory(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var owner in new[] { alice, bob })
        {
            string file = Path.Combine(keys, $"{owner.Certificate.Fingerprint}.asc");
            await File.WriteAllBytesAsync(file, owner.ToArmor(), Token);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            (await here.RunAsync(["keys", "import", "-"], owner.Certificate.ToArmor())).OrThrow();
        }

        here.Configure($"""
            secret-keys: {"{"}held-by: daemon, directory: "{keys}"{"}"}
            listen:
              - address: unix:{here.PathOf("m.sock")}
                {(trusted ? $"trusted-peers: [{Environment.UserName}]" : "")}
            rules: [{"{"}encrypt: never, decrypt: when-possible{"}"}]
            """);
        return await ServingProgram.StartAsync(here, []);
    }

    private Task<MilterClient> ConnectAsync() =>
        ServingProgram.GreetAsync(new MilterEndpoint.Unix(ServingProgram.SocketOf(here)), MtaHabits.Sendmail, "4QUEUEID");
}
