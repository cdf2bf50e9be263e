using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.Secrets;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.OpenPgp.SessionKeys;

/// <summary>A session key that lacks nothing but its recipients' work, so that a secret key may be on a card or in another process.
/// What comes back is looked at in constant time and chosen among as <see cref="SessionKeyOpener"/> does with keys that are
/// here. Owned by one opening, one thread at a time; disposal clears it.</summary>
public sealed class PendingSessionKey : IDisposable
{
    // The block of the longest number that is read.
    private const int MaxResult = Mpi.MaxBits / 8;

    private readonly List<SessionKeyTry> tries;
    private readonly SessionKeyChoice choice;

    private PendingSessionKey(List<SessionKeyTry> tries, SessionKeyChoice choice)
    {
        this.tries = tries;
        this.choice = choice;
    }

    /// <summary>What is to be done, in the order in which the results count, at most <see cref="SessionKeyOpener.MaxNamedTries"/>
    /// and <see cref="SessionKeyOpener.MaxAnonymousTries"/> together. May be empty, where every packet for the keys is
    /// visibly damaged: the outcome is a random key then.</summary>
    public IReadOnlyList<PrivateKeyOperation> Operations => [.. tries.Select(static tried => tried.Operation).OfType<PrivateKeyOperation>()];

    /// <summary>Finds what is to be done to open the session key of the encrypted data that follows.</summary>
    /// <param name="packets">The message's packets, in their order.</param>
    /// <param name="keys">Those whose secrets may be used.</param>
    /// <param name="packetVersion">3 before version 1 of the encrypted data and LibrePGP's, 6 before version 2.</param>
    /// <param name="cipher">The cipher that the encrypted data names; null for version 1, which names none.</param>
    /// <param name="random">Makes the key for failures.</param>
    /// <returns>Null where no packet is for any of the keys, which everybody can see.</returns>
    public static PendingSessionKey? Create(
        IReadOnlyList<EncryptedSessionKey> packets, IReadOnlyList<PublicKey> keys, int packetVersion, SymmetricAlgorithm? cipher,
        RandomNumberGenerator random)
    {
        var tries = SessionKeyTry.ListOf(packets, keys, packetVersion);
        return tries.Count == 0 ? null : new PendingSessionKey(tries, new SessionKeyChoice(packetVersion, cipher, random));
    }

    /// <summary>Takes what an operation gave. Operations are answered in their order, once at most; one that failed is left out.
    /// A result that is none, of another length or wrong, is the same as a failure, and nobody is told.</summary>
    /// <param name="operation">One of <see cref="Operations"/>.</param>
    /// <param name="result">As the operation describes it, big-endian; of RSA and ElGamal leading zeros may be missing, or one may
    /// be too many. The caller clears it.</param>
    public void Answer(PrivateKeyOperation operation, ReadOnlySpan<byte> result)
    {
        var tried = Begin(operation);
        int length = operation.ResultLength;
        if (operation is PrivateKeyOperation.Agreement)
        {
            // Where a key of small order was agreed with, the secret is everybody's (RFC 7748 §6).
            bool isSmall = tried.Key.Material is not PublicKeyMaterial.Ecdh { Curve.IsWeierstrass: true } && !result.ContainsAnyExcept((byte)0);
            if (result.Length == length && !isSmall)
                tried.Offer(choice, result);
            return;
        }

        int extra = result.Length - length;
        if (extra > 1 || (extra == 1 && result[0] != 0))
            return;
        byte[] block = GC.AllocateArray<byte>(length, pinned: true);
        try
        {
            result[Math.Max(extra, 0)..].CopyTo(block.AsSpan(Math.Max(-extra, 0)));
            tried.Offer(choice, block);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(block);
        }
    }

    /// <summary>Takes what an operation of RSA or ElGamal gave whose padding was taken off already: cards do so. That they say
    /// whether it was right can't be undone here.</summary>
    /// <param name="operation">One of <see cref="Operations"/>.</param>
    /// <param name="message">What was in the padding; the caller clears it.</param>
    public void AnswerUnpadded(PrivateKeyOperation operation, ReadOnlySpan<byte> message)
    {
        Begin(operation);
        if (operation is not PrivateKeyOperation.Agreement && choice.KeyLengths.Contains(message.Length - choice.ChecksummedOverhead))
            choice.OfferChecksummed(ConstantTime.Yes, message);
    }

    /// <summary>The outcome, the caller's to dispose: always a key, and where no answer held one a random one.</summary>
    public SessionKey Complete() => choice.Take([.. tries.Select(static tried => tried.Key)]);

    /// <summary>Answers everything with keys that are here.</summary>
    /// <param name="keys">Unlocked ones; each <see cref="PublicKey"/> object that was given to <see cref="Create"/> is one's.</param>
    internal void AnswerAll(IReadOnlyList<SecretKey> keys)
    {
        Span<byte> buffer = stackalloc byte[MaxResult];
        try
        {
            for (int i = 0; i < tries.Count; i++)
            {
                var tried = tries[i];
                choice.Try = (byte)i;
                if (tried.Operation is not { } operation)
                    continue;
                var result = buffer[..operation.ResultLength];
                if (tried.TryDo(keys.First(key => ReferenceEquals(key.PublicKey, tried.Key)), result))
                    tried.Offer(choice, result);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    /// <summary>Clears what is held.</summary>
    public void Dispose()
    {
        choice.Dispose();
        foreach (var tried in tries)
            tried.Dispose();
    }

    private SessionKeyTry Begin(PrivateKeyOperation operation)
    {
        int number = tries.FindIndex(tried => ReferenceEquals(tried.Operation, operation));
        if (number < 0)
            throw new ArgumentException("That was not asked for.", nameof(operation));
        choice.Try = (byte)number;
        return tries[number];
    }
}
