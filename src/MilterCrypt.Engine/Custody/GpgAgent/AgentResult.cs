using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>The forms in which gpg-agent, libgcrypt of several years, and cards give the result of an operation.</summary>
internal static class AgentResult
{
    /// <summary>What precedes the octets of a native point.</summary>
    internal const byte NativePoint = 0x40;

    /// <summary>Octets of a point of Curve25519.</summary>
    internal const int Curve25519Length = 32;

    private const byte FirstCoordinate = 0x41;
    private const byte UncompressedPoint = 0x04;

    /// <summary>Hands it on.</summary>
    /// <param name="pending">What waits for it.</param>
    /// <param name="operation">What was asked.</param>
    /// <param name="value">What came: the number, or the shared point in one of its forms.</param>
    /// <param name="isUnpadded">Whether the padding was taken off, as a card does.</param>
    internal static void Answer(PendingSessionKey pending, PrivateKeyOperation operation, ReadOnlySpan<byte> value, bool isUnpadded)
    {
        if (operation is PrivateKeyOperation.Agreement)
            pending.Answer(operation, SharedSecret(value, operation.ResultLength, operation.Key.Material));
        else if (isUnpadded)
            pending.AnswerUnpadded(operation, value);
        else
            pending.Answer(operation, value);
    }

    // The first coordinate, bare or as a point has it; what has another form comes to nothing.
    private static ReadOnlySpan<byte> SharedSecret(ReadOnlySpan<byte> value, int length, PublicKeyMaterial material)
    {
        bool isNative = material is PublicKeyMaterial.Ecdh { Curve.IsWeierstrass: false };
        return value switch
        {
            _ when value.Length == length => value,
            [NativePoint, .. var octets] when isNative => octets,
            [FirstCoordinate, .. var octets] => octets,
            [UncompressedPoint, .. var octets] when octets.Length == 2 * length => octets[..length],
            _ => [],
        };
    }
}
