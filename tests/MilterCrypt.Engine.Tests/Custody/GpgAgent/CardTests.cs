using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.GpgAgent;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

/// <summary>Keys of a smartcard: gpg-agent is the real one, and hands each question on to what it takes for its card daemon
/// (card.py beside this), which answers as an OpenPGP card with RSA keys does.</summary>
public sealed class CardTests : IAsyncDisposable
{
    private const string Serial = "D2760001240103040006123456780000";

    private static readonly byte[] Text = Encoding.UTF8.GetBytes("A letter for a card.\n");

    private readonly GnuPgHome home = new();
    private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
    private readonly GpgAgentSource source;
    private readonly PublicKey signing, encryption;

    public CardTests()
    {
        if (!Command.Exists("gpg-agent") || !File.Exists("/usr/bin/python3"))
            Assert.Skip("gpg-agent or python3 is not installed");
        source = new GpgAgentSource(home.AgentSocket, TimeSpan.FromMinutes(1), TimeProvider.System, random, static _ => { });
        (signing, encryption) = (default!, default!);
        var rows = new StringBuilder();
        foreach (string slot in (string[])["OPENPGP.1", "OPENPGP.2"])
        {
            using var rsa = RSA.Create(2048);
            var numbers = rsa.ExportParameters(true);
            var key = KeyOf(numbers);
            string grip = KeyGrip.Of(key)!;
            rows.Append(CultureInfo.InvariantCulture, $"{grip} {Convert.ToHexString(numbers.Modulus!)} {Convert.ToHexString(numbers.D!)} STATE\n");
            Directory.CreateDirectory(Path.Combine(home.Root, "private-keys-v1.d"));
            home.Write($"private-keys-v1.d/{grip}.key", Stub(numbers, slot));
            (signing, encryption) = slot == "OPENPGP.1" ? (key, encryption) : (signing, key);
        }

        Rows = rows.ToString();
        string program = home.Write("card.py", File.ReadAllBytes(Repository.PathOf("tests/MilterCrypt.Engine.Tests/Custody/GpgAgent/card.py")));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        home.Write("gpg-agent.conf", Encoding.ASCII.GetBytes($"scdaemon-program {program}\n"));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Rows { get; }

    [Fact]
    public async Task ACardSignsAndOpens()
    {
        await InsertAsync("open");
        Assert.True(await source.HoldsAsync(signing.Fingerprint, signing, KeyOperation.Sign, Ct));

        // That it verifies is proven before it comes here.
        await SignAsync();
        Assert.Equal(Text, await OpenAsync(Encrypt()));
    }

    [Fact]
    public async Task NobodyLearnsWhatTheCardSaysOfAPadding()
    {
        await InsertAsync("open");
        byte[] message = Encrypt();
        int number = message.AsSpan().IndexOf((byte)PublicKeyAlgorithm.Rsa) + 3;
        message[number + 100] ^= 1;

        Assert.Null(await OpenAsync(message));
    }

    [Theory]
    [InlineData("closed", "passphrase")]
    [InlineData("gone", "card")]
    public async Task ACardThatCanNotBeUsedIsAnErrorThatSaysSoAndNothingHangs(string state, string word)
    {
        await InsertAsync(state);
        foreach (var attempt in (Func<Task>[])[SignAsync, () => OpenAsync(Encrypt())])
            Assert.Contains(word, (await Assert.ThrowsAsync<SecretKeyException>(attempt)).Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        random.Dispose();
        await home.DisposeAsync();
    }

    private Task InsertAsync(string state)
    {
        home.Write("card.txt", Encoding.ASCII.GetBytes(Rows.Replace("STATE", state, StringComparison.Ordinal)));
        return home.StartAgentAsync();
    }

    private async Task SignAsync()
    {
        using var signer = MessageSigner.Detached([signing], new ArrayBufferWriter<byte>(), new SigningOptions());
        signer.Write(Text);
        await source.SignAsync(Assert.Single(signer.Finish()), AgentOwner.Use, Ct);
    }

    private byte[] Encrypt()
    {
        var output = new ArrayBufferWriter<byte>();
        using var encryptor = MessageEncryptor.Create(
            [new EncryptionRecipient(encryption, new RecipientCapabilities(false, [], []))], output, new EncryptionOptions { Armor = false });
        encryptor.Write(Text);
        encryptor.Complete();
        return output.WrittenSpan.ToArray();
    }

    private async Task<byte[]?> OpenAsync(byte[] message)
    {
        var sink = new HeldPlaintext();
        using var reader = new MessageReader(sink, new ReadingOptions());
        reader.Write(message);
        using SessionKey? key = await source.OpenAsync(reader.SessionKeyWanted!, [encryption], AgentOwner.Use, Ct);
        Assert.NotNull(key);
        reader.UseSessionKey(key, null);
        return reader.Complete([]) is MessageReading.Read ? [.. sink.Data] : null;
    }

    // A version 4 public key packet (RFC 9580 §5.5.2).
    private static PublicKey KeyOf(RSAParameters numbers)
    {
        byte[] body = [4, 0x60, 0, 0, 0, (byte)PublicKeyAlgorithm.Rsa, 8, 0, .. numbers.Modulus!, 0, 17, .. numbers.Exponent!];
        Assert.True(PublicKey.TryRead(body, isSubkey: false, out var key, out string? reason), reason);
        return key;
    }

    // What gpg-agent keeps of a key that is on a card.
    private static byte[] Stub(RSAParameters numbers, string slot) =>
    [
        .. Encoding.ASCII.GetBytes($"(20:shadowed-private-key(3:rsa(1:n{numbers.Modulus!.Length + 1}:\0"), .. numbers.Modulus,
        .. Encoding.ASCII.GetBytes($")(1:e{numbers.Exponent!.Length}:"), .. numbers.Exponent,
        .. Encoding.ASCII.GetBytes(")(8:shadowed5:t1-v1(16:"), .. Convert.FromHexString(Serial), .. Encoding.ASCII.GetBytes($"{slot.Length}:{slot}))))"),
    ];
}
