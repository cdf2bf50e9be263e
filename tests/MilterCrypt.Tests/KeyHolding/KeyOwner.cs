using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.Holder;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Certificates.Making;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Tests.KeyHolding;

/// <summary>Somebody whose secret keys are with a key holder, and who has all but those.</summary>
internal sealed class KeyOwner(Certificate certificate)
{
    public static readonly byte[] Text = "Meet me at noon.\r\n"u8.ToArray();

    public static readonly KeyUse Use = new("4XyZ", "<alice@example.org>");

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Certificate Certificate => certificate;

    /// <summary>The newest key that signs data.</summary>
    public PublicKey SigningKey
    {
        get
        {
            var view = View;
            return view.Subkeys.Append(view.PrimaryKey).First(static key => key.IsForSigning && key.Problem is null).Key;
        }
    }

    /// <summary>The key that others encrypt to.</summary>
    public PublicKey EncryptionKey => Recipients[0].Key;

    private CertificateView View => certificate.At(TimeProvider.System.GetUtcNow(), AlgorithmPolicy.Default);

    private IReadOnlyList<EncryptionRecipient> Recipients => Assert.IsType<EncryptionVerdict.Usable>(View.ForEncryption()).Recipients;

    /// <summary>Makes keys.</summary>
    /// <param name="profile">Of which algorithms.</param>
    /// <param name="passphrase">What locks them; null for nothing.</param>
    /// <param name="secrets">What a key holder needs.</param>
    public static KeyOwner Make(KeyProfile profile, string? passphrase, out byte[] secrets)
    {
        using var made = SecretCertificate.Generate(new KeyGeneration { Profile = profile, UserIds = ["Alice <alice@example.org>"] });
        using var random = RandomNumberGenerator.Create();
        if (passphrase is not null)
            Assert.True(made.TrySetPassphrase(Encoding.UTF8.GetBytes(passphrase), random, out _));
        secrets = made.ToArmor();
        return new KeyOwner(made.Certificate);
    }

    public static KeyHolderClient ClientOf(string socket) => new(socket, new KeyHolderClientOptions(), TimeProvider.System);

    /// <summary>What is left to sign of <see cref="Text"/>.</summary>
    public MessageSigner Begin(ArrayBufferWriter<byte> output, out PendingSignature pending)
    {
        var signer = MessageSigner.Detached([SigningKey], output, new SigningOptions());
        signer.Write(Text);
        pending = signer.Finish()[0];
        return signer;
    }

    /// <summary>A detached signature over <see cref="Text"/>, armored.</summary>
    public async Task<byte[]> SignAsync(ISecretKeySource source)
    {
        var output = new ArrayBufferWriter<byte>();
        using var signer = Begin(output, out var pending);
        signer.Complete([await source.SignAsync(pending, Use, Ct)]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Whether a signature over <see cref="Text"/> is good.</summary>
    public async Task<bool> VerifiesAsync(byte[] signature)
    {
        using var text = new MemoryStream(Text);
        var verdicts = await new Pgp().VerifyAsync(text, signature, [certificate], Ct);
        return verdicts is [{ Status: SignatureStatus.Good }];
    }

    /// <summary><see cref="Text"/> encrypted to the owner.</summary>
    public async Task<byte[]> EncryptAsync()
    {
        using var text = new MemoryStream(Text);
        using var message = new MemoryStream();
        await new Pgp().EncryptAsync(text, message, [certificate], Ct);
        return message.ToArray();
    }

    /// <summary>Opens a message; its text.</summary>
    public async Task<byte[]> DecryptAsync(ISecretKeySource source, byte[] message)
    {
        var sink = new Sink();
        using var reader = new MessageReader(sink, new ReadingOptions());
        reader.Write(message);
        using var key = await source.OpenAsync(Assert.IsType<SessionKeyRequest>(reader.SessionKeyWanted), Keys, Use, Ct);
        reader.UseSessionKey(key, certificate.Fingerprint);
        Assert.IsType<MessageReading.Read>(reader.Complete([]));
        return sink.Text.WrittenSpan.ToArray();
    }

    /// <summary>What a message wants to have opened.</summary>
    public static SessionKeyRequest WantedBy(byte[] message)
    {
        using var reader = new MessageReader(new Sink(), new ReadingOptions());
        reader.Write(message);
        return Assert.IsType<SessionKeyRequest>(reader.SessionKeyWanted);
    }

    private PublicKey[] Keys => [certificate.PrimaryKey, .. certificate.Subkeys.Select(static subkey => subkey.Key)];

    private sealed class Sink : IPlaintextSink
    {
        public ArrayBufferWriter<byte> Text { get; } = new();

        public void Write(ReadOnlySpan<byte> data) => Text.Write(data);

        public void Prove()
        {
        }
    }
}
