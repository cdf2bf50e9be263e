using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Custody.GpgAgent;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.TestSupport.Peers;
using MilterCrypt.TestSupport.Processes;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;
using KeyUse = MilterCrypt.Engine.Custody.KeyUse;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

/// <summary>Somebody whose secret keys gpg-agent has.</summary>
internal sealed class AgentOwner : IAsyncDisposable
{
    public static readonly KeyUse Use = new("4XyZ", "<bob@example.org>");

    private readonly List<GpgAgentSource> sources = [];

    private AgentOwner(GnuPgHome home, PeerKey keys)
    {
        Home = home;
        Keys = keys;
        Certificate = Certificate.Read(keys.Certificate);
        Source = SourceAt(home.AgentSocket);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public GnuPgHome Home { get; }

    public PeerKey Keys { get; }

    public Certificate Certificate { get; }

    public PublicKey SigningKey => Certificate.PrimaryKey;

    public PublicKey EncryptionKey => Assert.Single(Certificate.Subkeys).Key;

    public GpgAgentSource Source { get; }

    /// <summary>What the audit was told.</summary>
    public ConcurrentQueue<KeyUseFact> Uses { get; } = new();

    public static async Task<AgentOwner> AppearAsync(string primary, string subkey, string passphrase = "", string configuration = "", PeerHost? host = null)
    {
        if (!Command.Exists("gpg"))
            Assert.Skip("gpg is not installed");
        var home = new GnuPgHome(host ?? PeerHost.Machine);
        try
        {
            home.Write("gpg-agent.conf", System.Text.Encoding.ASCII.GetBytes(configuration));
            return new AgentOwner(home, await home.MakeKeyAsync(primary, subkey, passphrase));
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another source of the same keys.</summary>
    public GpgAgentSource SourceAt(string socket, TimeSpan? patience = null)
    {
        var source = new GpgAgentSource(socket, patience ?? TimeSpan.FromMinutes(1), TimeProvider.System, RandomNumberGenerator.Create(), Uses.Enqueue);
        sources.Add(source);
        return source;
    }

    /// <summary>A detached signature.</summary>
    public async Task<byte[]> SignAsync(byte[] data, GpgAgentSource? source = null)
    {
        var output = new ArrayBufferWriter<byte>();
        using var signer = MessageSigner.Detached([SigningKey], output, new SigningOptions());
        signer.Write(data);
        signer.Complete([await (source ?? Source).SignAsync(Assert.Single(signer.Finish()), Use, Ct)]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>What is in a message; null where it turns out damaged.</summary>
    public async Task<byte[]?> OpenAsync(byte[] message, GpgAgentSource? source = null)
    {
        var sink = new HeldPlaintext();
        using var reader = new MessageReader(sink, new ReadingOptions());
        reader.Write(message);
        using SessionKey? key = await (source ?? Source).OpenAsync(reader.SessionKeyWanted!, [SigningKey, EncryptionKey], Use, Ct);
        Assert.NotNull(key);
        reader.UseSessionKey(key, null);
        bool isRead = reader.Complete([]) is MessageReading.Read;
        Assert.Equal(isRead, sink.IsProven);
        return isRead ? [.. sink.Data] : null;
    }

    /// <summary>A message to this key, by our own writer.</summary>
    public byte[] Encrypt(byte[] text, bool isAnonymous = false)
    {
        var output = new ArrayBufferWriter<byte>();
        var recipient = new EncryptionRecipient(EncryptionKey, new RecipientCapabilities(false, [SymmetricAlgorithm.Aes256], []), isAnonymous);
        using var encryptor = MessageEncryptor.Create([recipient], output, new EncryptionOptions { Armor = false });
        encryptor.Write(text);
        encryptor.Complete();
        return output.WrittenSpan.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources)
            await source.DisposeAsync();
        await Home.DisposeAsync();
    }
}
