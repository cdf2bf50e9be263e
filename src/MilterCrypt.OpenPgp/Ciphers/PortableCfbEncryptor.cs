using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>CFB by .NET's own implementation: works everywhere.</summary>
internal sealed class PortableCfbEncryptor : ICfbEncryptor
{
    private const int BlockLength = 16;
    private const int FeedbackBits = 128;

    private readonly Aes aes = Aes.Create();
    private readonly byte[] feedback = new byte[BlockLength];

    internal PortableCfbEncryptor(ReadOnlySpan<byte> key) => aes.SetKey(key);

    public void Encrypt(Span<byte> blocks)
    {
        if (blocks.IsEmpty)
            return;

        aes.EncryptCfb(blocks, feedback, blocks, PaddingMode.None, FeedbackBits);
        blocks[^BlockLength..].CopyTo(feedback);
    }

    public void Dispose() => aes.Dispose();
}
