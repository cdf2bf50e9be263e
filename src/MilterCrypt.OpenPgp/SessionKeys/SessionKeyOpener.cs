using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>Opens the session key of a message that comes from anybody: says what is tried, in which order, and how often.
/// Without state.</summary>
public static class SessionKeyOpener
{
    /// <summary>How many private-key operations packets that name nobody may cost.</summary>
    public const int MaxAnonymousTries = 8;

    /// <summary>How many private-key operations packets that name one of the keys may cost: an honest message has one.</summary>
    public const int MaxNamedTries = 8;

    /// <summary>How many packets for passphrases are tried.</summary>
    public const int MaxPassphraseTries = 4;

    /// <summary>Opens the session key of the encrypted data that follows. Packets of the other version are left out, those that
    /// name a key come before those that name nobody.</summary>
    /// <param name="packets">The message's packets, in their order.</param>
    /// <param name="keys">Those that may be used; locked ones are not tried.</param>
    /// <param name="packetVersion">3 before version 1 of the encrypted data and LibrePGP's, 6 before version 2.</param>
    /// <param name="cipher">The cipher that the encrypted data names; null for version 1, which names none.</param>
    /// <param name="random">Makes the key for failures.</param>
    /// <returns>Null where no packet is for any of the keys, which everybody can see. Else always a key, the caller's to
    /// dispose: where nothing could be opened it is a random one, and the message turns out damaged. Nobody but the sender of
    /// a whole message can tell the difference, and it must stay so: every later failure has to look the same.</returns>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public static SessionKey? Open(
        IReadOnlyList<EncryptedSessionKey> packets, IReadOnlyList<SecretKey> keys, int packetVersion, SymmetricAlgorithm? cipher,
        RandomNumberGenerator random)
    {
        SecretKey[] usable = [.. keys.Where(static key => key is { CanDecrypt: true, IsLocked: false })];
        using var pending = PendingSessionKey.Create(packets, [.. usable.Select(static key => key.PublicKey)], packetVersion, cipher, random);
        pending?.AnswerAll(usable);
        return pending?.Complete();
    }

    /// <summary>Opens the session key of the encrypted data that follows with a passphrase: for people's own programs. What
    /// comes by mail must not decide how much memory and time is spent on it.</summary>
    /// <param name="packets">The message's packets, in their order; at most <see cref="MaxPassphraseTries"/> are tried.</param>
    /// <param name="passphrase">Its octets, UTF-8; the caller clears them.</param>
    /// <param name="packetVersion">3 before version 1 of the encrypted data and LibrePGP's, 6 before version 2.</param>
    /// <param name="cipher">The cipher that the encrypted data names; null for version 1, which names none.</param>
    /// <param name="limits">What each packet may cost.</param>
    /// <param name="random">Makes the key for failures.</param>
    /// <param name="refusal">Why no packet could be tried, such as "no session key for a passphrase", or null.</param>
    /// <returns>Null where no packet could be tried. Else a key, the caller's to dispose, which for a wrong passphrase is a
    /// wrong one, and the message turns out damaged. (Where packets of version 4 are for several passphrases, one in some
    /// hundred of them seems opened by the wrong one, and the message with it.)</returns>
    /// <exception cref="CryptographicException">The system's cryptography failed.</exception>
    public static SessionKey? OpenWithPassphrase(
        IReadOnlyList<PassphraseSessionKey> packets, ReadOnlySpan<byte> passphrase, int packetVersion, SymmetricAlgorithm? cipher,
        S2kLimits limits, RandomNumberGenerator random, out string? refusal)
    {
        refusal = null;
        bool wasTried = false;
        using var choice = new SessionKeyChoice(packetVersion, cipher, random);
        foreach (var packet in packets.Where(packet => (packet.Version == 6) == (packetVersion == 6)).Take(MaxPassphraseTries))
        {
            if (packet.TryOpen(choice, passphrase, limits, out string? reason))
                wasTried = true;
            else
                refusal ??= reason;
        }

        if (wasTried)
        {
            refusal = null;
            return choice.Take([]);
        }

        refusal ??= "no session key for a passphrase";
        return null;
    }
}
