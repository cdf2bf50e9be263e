using System.Buffers;
using System.Buffers.Binary;
using MilterCrypt.Engine.Keys;

namespace MilterCrypt.Engine.Tests.Keys;

/// <summary>Certificates to which others have appended what the owner never said.</summary>
public sealed class FloodedKeyTests
{
    // RFC 9580 §5.
    private const int SignatureTag = 2;
    private const int PublicKeyTag = 6;
    private const int UserIdTag = 13;

    private readonly KeyRing ring;

    public FloodedKeyTests(KeyRing ring)
    {
        ring.RequireGpg();
        this.ring = ring;
    }

    [Fact]
    public void WhatOthersAppendedIsNotStored()
    {
        var stored = KeyRing.Store(Flooded(ring.Old, 400));
        Assert.Equal(ring.Old.Certificate.ToArray(), stored.Certificate.ToArray());
    }

    [Fact]
    public async Task AFloodedCopyKeepsNoUpdateOut()
    {
        await using var store = new MemoryKeyStore();
        await store.StoreAsync([KeyRing.Store(Flooded(ring.Old, 400))], TestContext.Current.CancellationToken);
        var update = KeyRing.Store(Flooded(ring.OldProlonged, 400));
        Assert.Equal([StoreOutcome.Updated], await store.StoreAsync([update], TestContext.Current.CancellationToken));
    }

    // The certificate's first user ID with certifications that its key did not make, then the certificate itself.
    private static byte[] Flooded(StoredCertificate stored, int times)
    {
        var certificate = StoredPackets.Read(stored);
        var output = new ArrayBufferWriter<byte>();
        Write(output, PublicKeyTag, certificate.PrimaryKey.Body.Span);
        Write(output, UserIdTag, certificate.UserIds[0].UserId.Octets.Span);
        byte[] body = certificate.UserIds[0].SelfSignatures[0].Signature.Body.ToArray();
        for (int i = 0; i < times; i++)
        {
            body[^1]++;
            if (i % 256 == 255)
                body[^2]++;
            Write(output, SignatureTag, body);
        }
        output.Write(stored.Certificate.Span);
        return output.WrittenSpan.ToArray();
    }

    // A new format header with a five-octet length (RFC 9580 section 4.2.1).
    private static void Write(ArrayBufferWriter<byte> output, int tag, ReadOnlySpan<byte> body)
    {
        var header = output.GetSpan(6);
        header[0] = (byte)(0xC0 | tag);
        header[1] = 0xFF;
        BinaryPrimitives.WriteInt32BigEndian(header[2..], body.Length);
        output.Advance(6);
        output.Write(body);
    }
}
