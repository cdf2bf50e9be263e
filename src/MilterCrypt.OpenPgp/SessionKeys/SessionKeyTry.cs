using MilterCrypt.Native.LibCrypto;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A packet that is tried with a key. Owned by the opening; disposal frees the ephemeral key.</summary>
internal sealed class SessionKeyTry : IDisposable
{
    private readonly EncryptedSessionKey packet;
    private readonly EvpPublicKey? ephemeral;

    private SessionKeyTry(EncryptedSessionKey packet, PublicKey key)
    {
        this.packet = packet;
        Key = key;
        Operation = key.Material switch
        {
            PublicKeyMaterial.Rsa rsa => RsaOperation(rsa),
            PublicKeyMaterial.ElGamal elGamal => ElGamalOperation(elGamal),
            PublicKeyMaterial.Ecdh ecdh => Agreement(EcdhSessionKey.ReadPoint(packet, ecdh), out ephemeral),
            PublicKeyMaterial.X25519 x25519 => Agreement(NativeCurveSessionKey.ReadPoint(packet, x25519.Point), out ephemeral),
            PublicKeyMaterial.X448 x448 => Agreement(NativeCurveSessionKey.ReadPoint(packet, x448.Point), out ephemeral),
            _ => null,
        };
    }

    /// <summary>The key.</summary>
    internal PublicKey Key { get; }

    /// <summary>What it has to do; null where nothing can come of it, which everybody can see.</summary>
    internal PrivateKeyOperation? Operation { get; }

    /// <summary>What is tried with which key, in its order, and not more than is allowed.</summary>
    internal static List<SessionKeyTry> ListOf(IReadOnlyList<EncryptedSessionKey> packets, IReadOnlyList<PublicKey> keys, int packetVersion)
    {
        var fitting = from packet in packets
                      where packet.Version == packetVersion
                      from key in keys
                      where key.Material is not PublicKeyMaterial.Unusable && packet.MayBeFor(key)
                      select (packet, key);
        var all = fitting.ToLookup(static pair => pair.packet.IsAnonymous);

        // One packet for each named RSA or ElGamal key, as honest messages have: whether a second one is used would show
        // whether the first was well-formed (RFC 9580 §13.5). What others hold can't be made without their sender's secret.
        var named = all[false].Where(static pair => !IsPadded(pair.key)).Concat(
            all[false].Where(static pair => IsPadded(pair.key)).DistinctBy(static pair => pair.key.Fingerprint));
        var tried = named.Take(SessionKeyOpener.MaxNamedTries).Concat(all[true].Take(SessionKeyOpener.MaxAnonymousTries));
        return [.. tried.Select(static pair => new SessionKeyTry(pair.packet, pair.key))];
    }

    /// <summary>Does the operation with a key that is here.</summary>
    /// <param name="key">The secret that belongs to <see cref="Key"/>, unlocked.</param>
    /// <param name="result">Receives it; the caller clears it.</param>
    /// <returns>False where nothing came out, which everybody could foresee.</returns>
    internal bool TryDo(SecretKey key, Span<byte> result) => (Operation, key.Material) switch
    {
        (PrivateKeyOperation.Rsa rsa, { Key: { } native }) => native.TryDecryptWithoutPadding(rsa.Number.Span, result),
        (PrivateKeyOperation.ElGamal numbers, { ElGamal: { } native }) => native.TryDecrypt(numbers.First.Span, numbers.Second.Span, result),
        (PrivateKeyOperation.Agreement, { Key: { } native }) => native.TryAgreeWith(ephemeral!, result),
        _ => false,
    };

    /// <summary>Offers what may be in the operation's result.</summary>
    /// <param name="choice">Takes it.</param>
    /// <param name="result">Just as long as the operation says.</param>
    internal void Offer(SessionKeyChoice choice, ReadOnlySpan<byte> result)
    {
        switch (Key.Material)
        {
            case PublicKeyMaterial.Rsa or PublicKeyMaterial.ElGamal:
                Pkcs1SessionKey.Unpad(choice, result);
                break;
            case PublicKeyMaterial.Ecdh ecdh:
                EcdhSessionKey.Open(choice, packet, ecdh, Key.Fingerprint, result);
                break;
            case PublicKeyMaterial.X25519 x25519:
                NativeCurveSessionKey.X25519.Open(choice, packet, x25519.Point.Span, result);
                break;
            case PublicKeyMaterial.X448 x448:
                NativeCurveSessionKey.X448.Open(choice, packet, x448.Point.Span, result);
                break;
        }
    }

    public void Dispose() => ephemeral?.Dispose();

    private static bool IsPadded(PublicKey key) => key.Material is PublicKeyMaterial.Rsa or PublicKeyMaterial.ElGamal;

    private PrivateKeyOperation.Rsa? RsaOperation(PublicKeyMaterial.Rsa material)
    {
        var fields = packet.Fields;
        return TryReadNumber(ref fields, material.Modulus, out var number) ? new(Key, number) : null;
    }

    private PrivateKeyOperation.ElGamal? ElGamalOperation(PublicKeyMaterial.ElGamal material)
    {
        var fields = packet.Fields;
        return TryReadNumber(ref fields, material.P, out var first) && TryReadNumber(ref fields, material.P, out var second)
            ? new(Key, first, second)
            : null;
    }

    // That the point is on its curve is known here, and so need not be known where the key is.
    private PrivateKeyOperation.Agreement? Agreement(ReadOnlyMemory<byte>? point, out EvpPublicKey? imported)
    {
        imported = point is not { } octets ? null : Key.Material switch
        {
            PublicKeyMaterial.Ecdh { Curve: { IsWeierstrass: true } curve } => EvpPublicKey.ImportEllipticCurve(NativeKey.NativeCurve(curve), octets.Span),
            PublicKeyMaterial.X448 => EvpPublicKey.ImportRaw(RawKeyKind.X448, octets.Span),
            _ => EvpPublicKey.ImportRaw(RawKeyKind.X25519, octets.Span),
        };
        return imported is null ? null : new(Key, point!.Value);
    }

    private bool TryReadNumber(ref ReadOnlyMemory<byte> fields, ReadOnlyMemory<byte> modulus, out ReadOnlyMemory<byte> number) =>
        Mpi.TryRead(ref fields, strict: packet.Version >= 6, out number)
        && (number.Length < modulus.Length || (number.Length == modulus.Length && number.Span.SequenceCompareTo(modulus.Span) < 0));
}
