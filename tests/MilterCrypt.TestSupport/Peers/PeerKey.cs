namespace MilterCrypt.TestSupport.Peers;

/// <summary>A key pair without a passphrase, as programs exchange it: armored or binary. Two are the same where they are one
/// object.</summary>
public sealed class PeerKey(byte[] certificate, byte[] secretKey)
{
    public byte[] Certificate { get; } = certificate;

    public byte[] SecretKey { get; } = secretKey;
}
