using System.Security.Cryptography;

namespace MilterCrypt.OpenPgp.Ciphers;

/// <summary>CFB by .NET's own implementation: works everywhere.</summary>
internal sealed class PortableCfbEncryptor : AesCfbEncryptor
{
    private const int FeedbackBits = 128;

    private readonly Aes aes = Aes.Create();

    internal PortableCfbEncryptor(ReadOnlySpan<byte> key) => aes.SetKey(key);

    public override void Dispose()
    {
        aes.Dispose();
        base.Dispose();
    }

    protected override void EncryptBlocks(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        aes.EncryptCfb(source, Feedback, destination, PaddingMode.None, FeedbackBits);
        destination[^BlockLength..].CopyTo(Feedback);
    }

    protected override void EncryptFeedback(Span<byte> destination) => aes.EncryptEcb(Feedback, destination, PaddingMode.None);
}
