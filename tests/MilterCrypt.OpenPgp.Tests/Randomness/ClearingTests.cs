using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Tests.Hostile;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.OpenPgp.Tests.SessionKeys;

namespace MilterCrypt.OpenPgp.Tests.Randomness;

/// <summary>Plaintext and keys are gone when an operation is over, whatever became of it.</summary>
public sealed class ClearingTests
{
    private static readonly byte[] Marker = "The word is swordfish."u8.ToArray();
    private static readonly byte[] Text = [.. Encrypting.Plaintext(100_000), .. Marker, .. Encrypting.Plaintext(50_000)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public void EncryptingLeavesNoPlaintextInItsBuffers(int version, bool isCompleted)
    {
        using var buffers = new WatchedBuffers();
        using var secret = Signer.Read("v6-25519-annex-a-4");
        var options = new EncryptionOptions { Buffers = buffers.Pool, Signers = [secret.SigningKey().PublicKey] };
        EncryptionRecipient[] recipients = [new(secret.DecryptionKeys[0].PublicKey, version == 2 ? EncryptionKeys.V2 : EncryptionKeys.V1)];

        using (var encryptor = MessageEncryptor.Create(recipients, new ArrayBufferWriter<byte>(), options))
        {
            encryptor.Write(Marker);
            Assert.True(buffers.Hold(Marker));
            if (isCompleted)
                encryptor.Complete([secret.SigningKey()]);
        }

        buffers.AreCleared();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    public void DecryptingLeavesNoPlaintextInItsBuffersWhateverBecomesOfTheMessage(int form)
    {
        using var secret = Signer.Read("v6-25519-annex-a-4");
        byte[] compressed = SealedPackets.Packet(PacketTag.CompressedData, [1, .. Deflated(SealedPackets.Literal(Text))]);
        foreach (byte[] packets in (byte[][])[SealedPackets.Literal(Text), compressed])
        {
            byte[] good = Honest.To(secret, form, packets), bad = [.. good];
            bad[^30] ^= 1;
            foreach (byte[] message in (byte[][])[good, bad, good[..^30], [.. good, 1]])
            {
                using var buffers = new WatchedBuffers();
                var sink = new Watcher();
                var reader = new MessageReader(sink, new ReadingOptions { Buffers = buffers.Pool });
                using (reader)
                {
                    for (int at = 0; at < message.Length; at += 10_000)
                    {
                        reader.Write(message.AsSpan(at, Math.Min(10_000, message.Length - at)));
                        if (reader.SessionKeyWanted is { } wanted)
                        {
                            using var key = Sending.Open(wanted.Packets, secret.DecryptionKeys, wanted.PacketVersion, wanted.Cipher);
                            reader.UseSessionKey(key, reader: null);
                        }
                    }

                    Assert.Equal(ReferenceEquals(message, good), reader.Complete([]) is MessageReading.Read);
                }

                // Chunks of 64 octets show it in parts.
                Assert.True(sink.HasSeen || form == 20 || message.Length < good.Length || message == bad);
                buffers.AreCleared();
                sink.SeesZeros();
                GC.KeepAlive(reader);
            }
        }
    }

    [Fact]
    public async Task TheFrontDoorLeavesNoPlaintextInItsBuffers()
    {
        using var secret = Signer.Read("v6-25519-annex-a-4");
        using var other = Signer.Read("v4-nistp");
        using var buffers = new WatchedBuffers();
        var pgp = new Pgp { Buffers = buffers.Pool };
        var message = new MemoryStream();
        await pgp.EncryptAsync(new MemoryStream(Text), message, [secret.Certificate], [secret], Token);
        buffers.AreCleared();

        byte[] good = message.ToArray(), bad = [.. good];
        bad[good.Length / 2] = (byte)(bad[good.Length / 2] == 'A' ? 'B' : 'A');
        await pgp.DecryptAsync(new MemoryStream(good), new MemoryStream(), [secret], [secret.Certificate], Token);
        buffers.AreCleared();
        await Assert.ThrowsAsync<OpenPgpException>(() => pgp.DecryptAsync(new MemoryStream(bad), new MemoryStream(), [secret], [], Token));
        buffers.AreCleared();
        await Assert.ThrowsAsync<OpenPgpException>(() => pgp.DecryptAsync(new MemoryStream(good), new MemoryStream(), [other], [], Token));
        buffers.AreCleared();

        var signature = new MemoryStream();
        await pgp.SignAsync(new MemoryStream(Text), signature, [secret], Token);
        buffers.AreCleared();
        Assert.True(Assert.Single(await pgp.VerifyAsync(new MemoryStream(Text), signature.ToArray(), [secret.Certificate], Token)).IsGood);
        buffers.AreCleared();
    }

    [Fact]
    public void SigningInsideAMessageLeavesNoTextInItsBuffers()
    {
        using var secret = Signer.Read("v6-25519-annex-a-4");
        var key = secret.SigningKey();
        foreach (bool isCompleted in (bool[])[true, false])
        {
            using var buffers = new WatchedBuffers();
            using (var signer = MessageSigner.Inline([key.PublicKey], new ArrayBufferWriter<byte>(), new SigningOptions(), buffers.Pool))
            {
                signer.Write(Marker);
                Assert.True(buffers.Hold(Marker));
                if (isCompleted)
                    signer.Complete([key]);
            }

            buffers.AreCleared();
        }
    }

    [Fact]
    public void ASessionKeyIsZerosOnceItIsDisposed()
    {
        using var secret = Signer.Read("v6-25519-annex-a-4");
        var sent = Sending.Key(6, SymmetricAlgorithm.Aes256);
        var opened = Sending.Open([Sending.Packet(sent, secret.DecryptionKeys[0].PublicKey)], secret.DecryptionKeys, 6, SymmetricAlgorithm.Aes256)!;
        Assert.Equal(sent.Octets, opened.Octets);

        sent.Dispose();
        opened.Dispose();

        Assert.Equal(new byte[32], sent.Octets);
        Assert.Equal(new byte[32], opened.Octets);
    }

    [Fact]
    public void SecretKeysAreOfNoUseOnceTheyAreDisposed()
    {
        var secret = Signer.Read("v6-25519-annex-a-4");
        var keys = secret.Keys;
        Assert.All(keys, static key => Assert.NotNull(key.Material));

        secret.Dispose();

        Assert.All(keys, static key => Assert.Null(key.Material));
    }

    private static byte[] Deflated(byte[] packets)
    {
        var compressed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(compressed, System.IO.Compression.CompressionLevel.Optimal))
            deflate.Write(packets);
        return compressed.ToArray();
    }

    // Text is shown where it was decrypted or decompressed, in memory that does not move, and that is looked at once more
    // when all is over.
    private sealed class Watcher : IPlaintextSink
    {
        private readonly List<(nint Address, int Length)> shown = [];

        public bool HasSeen { get; private set; }

        public void Write(ReadOnlySpan<byte> data)
        {
            HasSeen |= data.IndexOf(Marker) >= 0;
            shown.Add((Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(data)), data.Length));
        }

        public void Prove()
        {
            // What counts here is what is left behind.
        }

        public void SeesZeros()
        {
            Assert.NotEmpty(shown);
            foreach (var (address, length) in shown)
            {
                byte[] left = new byte[length];
                Marshal.Copy(address, left, 0, length);
                Assert.Equal(-1, left.AsSpan().IndexOfAnyExcept((byte)0));
            }
        }
    }
}
