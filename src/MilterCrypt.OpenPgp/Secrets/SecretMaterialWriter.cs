using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>Writes the secret numbers of a key as its packet has them (RFC 9580 §5.5.5).</summary>
internal static class SecretMaterialWriter
{
    private const int MaxNumberLength = Mpi.MaxBits / 8;

    /// <summary>Writes them.</summary>
    /// <param name="key">Whose they are.</param>
    /// <param name="material">The private key.</param>
    /// <param name="output">Receives them: somewhere that is cleared.</param>
    internal static void Write(PublicKey key, SecretMaterial material, IBufferWriter<byte> output)
    {
        byte[] room = GC.AllocateArray<byte>(MaxNumberLength, pinned: true);
        try
        {
            Write(key.Material, material, room, output);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(room);
        }
    }

    private static void Write(PublicKeyMaterial key, SecretMaterial material, Span<byte> room, IBufferWriter<byte> output)
    {
        switch (key)
        {
            case PublicKeyMaterial.Rsa rsa:
                foreach (var which in (ReadOnlySpan<PrivateKeyNumber>)[PrivateKeyNumber.PrivateExponent, PrivateKeyNumber.P, PrivateKeyNumber.Q, PrivateKeyNumber.InverseOfP])
                    WriteNumber(material.Key!, which, room[..rsa.Modulus.Length], output);
                break;
            case PublicKeyMaterial.ElGamal:
                room = room[..material.ElGamal!.ModulusLength];
                material.ElGamal.ExportSecret(room);
                output.WriteNumber(room);
                break;
            case PublicKeyMaterial.Ecdsa ecdsa:
                WriteNumber(material.Key!, PrivateKeyNumber.CurveSecret, room[..ecdsa.Curve.FieldLength], output);
                break;
            case PublicKeyMaterial.Ecdh { Curve.IsWeierstrass: true } ecdh:
                WriteNumber(material.Key!, PrivateKeyNumber.CurveSecret, room[..ecdh.Curve.FieldLength], output);
                break;
            case PublicKeyMaterial.Ecdh ecdh:
                // The wrong way round (RFC 9580 §5.5.5.6).
                room = room[..ecdh.Point.Length];
                material.Key!.ExportRaw(room);
                room.Reverse();
                output.WriteNumber(room);
                break;
            case PublicKeyMaterial.EdDsaLegacy eddsa:
                room = room[..eddsa.Point.Length];
                material.Key!.ExportRaw(room);
                output.WriteNumber(room);
                break;
            case PublicKeyMaterial.X25519 { Point.Length: var length }:
                WriteOctets(material.Key!, room[..length], output);
                break;
            case PublicKeyMaterial.X448 { Point.Length: var length }:
                WriteOctets(material.Key!, room[..length], output);
                break;
            case PublicKeyMaterial.Ed25519 { Point.Length: var length }:
                WriteOctets(material.Key!, room[..length], output);
                break;
            case PublicKeyMaterial.Ed448 { Point.Length: var length }:
                WriteOctets(material.Key!, room[..length], output);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(key), key, "a key without secret numbers");
        }
    }

    private static void WriteNumber(EvpPrivateKey key, PrivateKeyNumber which, Span<byte> room, IBufferWriter<byte> output)
    {
        key.ExportNumber(which, room);
        output.WriteNumber(room);
    }

    private static void WriteOctets(EvpPrivateKey key, Span<byte> room, IBufferWriter<byte> output)
    {
        key.ExportRaw(room);
        output.Write(room);
    }
}
