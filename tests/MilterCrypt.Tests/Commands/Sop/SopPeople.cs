using System.Text;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>Files with keys that Sequoia made: those of Alice and Bob, and some that something is wrong with.</summary>
public sealed class SopPeople : IAsyncLifetime
{
    public const string Password = "pass word";

    private readonly TestDirectory directory = new();
    private string? missing;

    public string AliceKey => PathOf("alice.key");

    public string AliceCert => PathOf("alice.cert");

    public string BobKey => PathOf("bob.key");

    public string BobCert => PathOf("bob.cert");

    /// <summary>Alice's other key, which takes a password.</summary>
    public string LockedKey => PathOf("locked.key");

    public string LockedCert => PathOf("locked.cert");

    public string PasswordFile => PathOf("password");

    /// <summary>Ended in 2021.</summary>
    public string ExpiredKey => PathOf("expired.key");

    public string ExpiredCert => PathOf("expired.cert");

    /// <summary>Has no key to encrypt to.</summary>
    public string SigningCert => PathOf("signing.cert");

    /// <summary>Has no key to sign with.</summary>
    public string EncryptingKey => PathOf("encrypting.key");

    /// <summary>Alice's key as GnuPG writes it when the secrets are on a card.</summary>
    public string CardKey => PathOf("card.key");

    public async ValueTask InitializeAsync()
    {
        if (!Command.Exists("sqop") || !Command.Exists("sq") || !Command.Exists("gpg"))
        {
            missing = "sqop, sq and gpg are not installed";
            return;
        }

        directory.Write("password", Password + "\n");
        await MakeAsync("alice", "sqop", "generate-key", "Alice <alice@example.org>");
        await MakeAsync("bob", "sqop", "generate-key", "Bob <bob@example.org>");
        await MakeAsync("locked", "sqop", "generate-key", $"--with-key-password={directory.PathOf("password")}", "Alice <alice@example.org>");
        await MakeAsync("expired", "sq", "key", "generate", "--creation-time", "20200101", "--expires-in", "1y", "--rev-cert", directory.PathOf("expired.rev"), "--export", "-");
        await MakeAsync("signing", "sq", "key", "generate", "--cannot-encrypt", "--rev-cert", directory.PathOf("signing.rev"), "--export", "-");
        await MakeAsync("encrypting", "sq", "key", "generate", "--cannot-sign", "--rev-cert", directory.PathOf("encrypting.rev"), "--export", "-");
        byte[] alice = (await Command.RunAsync("sqop", ["dearmor"], File.ReadAllBytes(AliceKey))).OrThrow().Output;
        File.WriteAllBytes(directory.PathOf("card.key"), OnCard(alice));
    }

    public ValueTask DisposeAsync()
    {
        directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task MakeAsync(string name, string program, params string[] arguments)
    {
        byte[] key = (await Command.RunAsync(program, arguments)).OrThrow().Output;
        File.WriteAllBytes(directory.PathOf($"{name}.key"), key);
        File.WriteAllBytes(directory.PathOf($"{name}.cert"), (await Command.RunAsync("sqop", ["extract-cert"], key)).OrThrow().Output);
    }

    /// <summary>A key and its certificate with DSA and ElGamal, which are read and not used.</summary>
    public async Task<(string Key, string Cert)> MakeOldAsync()
    {
        string home = Directory.CreateDirectory(PathOf("gpg"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        await GnuPgAgent.StartAsync(home);
        string[] gpg = ["--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase", ""];
        const string Wanted = "%no-protection\nKey-Type: DSA\nKey-Length: 2048\nSubkey-Type: ELG\nSubkey-Length: 2048\nName-Email: old@example.org\n";
        (await Command.RunAsync("gpg", [.. gpg, "--gen-key"], Encoding.ASCII.GetBytes(Wanted))).OrThrow();
        File.WriteAllBytes(directory.PathOf("old.key"), (await Command.RunAsync("gpg", [.. gpg, "--export-secret-keys"])).OrThrow().Output);
        File.WriteAllBytes(directory.PathOf("old.cert"), (await Command.RunAsync("gpg", [.. gpg, "--export"])).OrThrow().Output);
        await Command.RunAsync("gpgconf", ["--homedir", home, "--kill", "all"]);
        return (PathOf("old.key"), PathOf("old.cert"));
    }

    private string PathOf(string name)
    {
        if (missing is not null)
            Assert.Skip(missing);
        return directory.PathOf(name);
    }

    // Secret key packets of curves: what follows the public part becomes GnuPG's note that the secret is on a card.
    private static byte[] OnCard(byte[] key)
    {
        using var output = new MemoryStream();
        for (int position = 0; position < key.Length;)
        {
            int tag = key[position] & 0x3F;
            int first = key[position + 1];
            int header = first < 192 ? 2 : 3;
            int length = first < 192 ? first : ((first - 192) << 8) + key[position + 2] + 192;
            byte[] body = key[(position + header)..(position + header + length)];
            position += header + length;
            if (tag is 5 or 7)
            {
                int end = 7 + body[6];
                end += 2 + ((((body[end] << 8) | body[end + 1]) + 7) / 8);
                end += body[5] == 18 ? 1 + body[end] : 0;
                body = [.. body[..end], 255, 0, 101, 0, .. Encoding.ASCII.GetBytes("GNU"), 2, 0];
            }

            output.WriteByte((byte)(0xC0 | tag));
            output.Write([255, 0, 0, (byte)(body.Length >> 8), (byte)body.Length]);
            output.Write(body);
        }

        return output.ToArray();
    }
}
