using System.Security.Cryptography;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.GpgAgent;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>Somebody who can make sockets in the folder of another's, and listens there in the place of the key holder or of
/// gpg-agent: he is asked nothing. He is nobody, for which the test must be root.</summary>
public sealed class ImpostorTests : IDisposable
{
    private const string Listener = """
        my $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5) or die; $| = 1; print "ready\n";
        while (my $c = $s->accept) { $c->autoflush; print $c "OK\n"; while (<$c>) { print "asked: $_"; print $c "OK\n" } }
        """;

    private readonly TestDirectory directory = new();
    private readonly KeyOwner alice = KeyOwner.Make(KeyProfile.Curve25519, null, out _);
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();

    [Fact]
    public async Task WhoIsNeitherRootNorTheFoldersOwnerIsNotAsked()
    {
        await using var impostor = await ListenAsync();
        foreach (var source in Sources())
        {
            await using (source)
            {
                var failure = await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(source));
                Assert.Contains($"who listens at {Socket} is neither root nor the owner of that folder", failure.Message, StringComparison.Ordinal);
            }
        }

        Assert.DoesNotContain("asked", impostor.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheFoldersOwnerIsAsked()
    {
        await using var owner = await ListenAsync();
        (await Command.RunAsync("chown", ["nobody", directory.Root], ct: KeyOwner.Ct)).OrThrow();
        foreach (var source in Sources())
        {
            await using (source)
                Assert.DoesNotContain("neither root", (await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(source))).Message, StringComparison.Ordinal);
        }

        await owner.WaitForTextAsync("asked: OPTION pinentry-mode=error");
    }

    [Fact]
    public async Task AFileThatSomebodyElsePutThereNamesNoSocket()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file away.");
        string file = directory.Write("S.gpg-agent", $"%Assuan%\nsocket={Socket}\n");
        (await Command.RunAsync("chown", ["nobody", file], ct: KeyOwner.Ct)).OrThrow();
        await using var source = Agent(file);
        var failure = await Assert.ThrowsAsync<SecretKeyException>(() => alice.SignAsync(source));
        Assert.EndsWith("belongs neither to root nor to the owner of its folder", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        random.Dispose();
        directory.Dispose();
    }

    private string Socket => directory.PathOf("socket");

    private ISecretKeySource[] Sources() => [KeyOwner.ClientOf(Socket), Agent(Socket)];

    private GpgAgentSource Agent(string path) => new(path, Patience.Ample, TimeProvider.System, random, static _ => { });

    private async Task<ChildProcess> ListenAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can start somebody else.");
        Assert.SkipUnless(Command.Exists("perl") && Command.Exists("setpriv"), "There is no perl, or no setpriv (Debian's package util-linux).");
        File.SetUnixFileMode(directory.Root, (UnixFileMode)Convert.ToInt32("777", 8));
        var listener = ChildProcess.Start("setpriv", ["--reuid=nobody", "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e", Listener, Socket]);
        await listener.WaitForTextAsync("ready");
        return listener;
    }
}
