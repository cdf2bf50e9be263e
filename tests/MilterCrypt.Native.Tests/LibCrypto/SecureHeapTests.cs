using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.Native.Tests.LibCrypto;

/// <summary>Whose private keys lie in libcrypto's secure heap. Nothing runs beside it: the heap is the process's.</summary>
[Collection(nameof(SecureHeapTests))]
[CollectionDefinition(nameof(SecureHeapTests), DisableParallelization = true)]
public sealed class SecureHeapTests
{
    [Fact]
    public void PrivateKeysOfCurvesLieInItAsLongAsTheyAreHeld()
    {
        Assert.True(SecureHeap.Begin(1024 * 1024) is null or "libcrypto's memory for private keys can't be kept out of swap space or core files");
        byte[] secret = [.. Enumerable.Range(1, 32).Select(static octet => (byte)octet)];
        // What this thread's own randomness takes of it is not counted.
        EvpPrivateKey.ImportRaw(RawKeyKind.Ed25519, secret)!.Dispose();
        long before = SecureHeap.Used;
        foreach (var make in (Func<EvpPrivateKey?>[])
        [
            () => EvpPrivateKey.ImportRaw(RawKeyKind.Ed25519, secret),
            () => EvpPrivateKey.ImportRaw(RawKeyKind.X25519, secret),
            () => EvpPrivateKey.ImportEllipticCurve(EllipticCurve.NistP256, secret),
        ])
        {
            using (make())
                Assert.True(SecureHeap.Used >= before + 32, $"{SecureHeap.Used} octets after {before}");
            Assert.Equal(before, SecureHeap.Used);
        }
    }
}
