namespace MilterCrypt.TestSupport.Peers;

/// <summary>A key pair without a passphrase, as programs exchange it: armored or binary.</summary>
public sealed record PeerKey(byte[] Certificate, byte[] SecretKey);
