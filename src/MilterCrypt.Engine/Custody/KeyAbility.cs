using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody;

/// <summary>What a key that is held can be used for now.</summary>
/// <param name="Certificate">Whose it is.</param>
/// <param name="Key">Its name.</param>
/// <param name="Signs">Whether its certificate lets it sign data.</param>
/// <param name="Decrypts">Whether messages may have been encrypted to it.</param>
internal sealed record KeyAbility(Fingerprint Certificate, Fingerprint Key, bool Signs, bool Decrypts);
