namespace MilterCrypt.OpenPgp.Packets;

/// <summary>A public key or public subkey packet (RFC 9580 §5.5.2).</summary>
public sealed class PublicKey
{
}
