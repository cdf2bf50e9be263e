using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.OpenPgp.Certificates;

/// <summary>A secret key packet: the key, or why there is none and the packet as it came, so that it is not lost where the
/// certificate is written. Owned by its certificate; disposal clears it.</summary>
internal sealed class StoredSecret : IDisposable
{
    private readonly PacketTag tag;
    private readonly byte[] octets;

    /// <param name="fingerprint">The key's name.</param>
    /// <param name="key">The key, which is this one's from now on.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="packet">What is kept where there is none, copied.</param>
    public StoredSecret(Fingerprint fingerprint, SecretKey? key, string? problem, Packet? packet = null)
    {
        Fingerprint = fingerprint;
        Key = key;
        Problem = problem;
        tag = packet?.Tag ?? default;
        octets = GC.AllocateArray<byte>(packet?.Body.Length ?? 0, pinned: true);
        packet?.Body.CopyTo(octets);
    }

    /// <summary>The key's name.</summary>
    public Fingerprint Fingerprint { get; }

    /// <summary>The key; null where it is of no use here.</summary>
    public SecretKey? Key { get; }

    /// <summary>Why it is of no use.</summary>
    public string? Problem { get; }

    /// <summary>Writes its packet.</summary>
    /// <param name="output">Somewhere that is cleared.</param>
    public void Write(IBufferWriter<byte> output)
    {
        if (Key is null)
            PacketWriter.Write(output, tag, octets);
        else
            Key.Write(output);
    }

    public void Dispose()
    {
        Key?.Dispose();
        CryptographicOperations.ZeroMemory(octets);
    }
}
