using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Secrets;

/// <summary>How a passphrase becomes a key (RFC 9580 §3.7).</summary>
internal abstract record S2k
{
    /// <summary>Why the secret of a key on a card can't be used.</summary>
    internal const string OnCard = "the secret is not here, it is on a card";

    private const byte GnuPrivate = 101;

    /// <summary>Takes a specifier off the front of <paramref name="rest"/>, and keeps nothing of it.</summary>
    /// <returns>False, with the reason, where it is cut short or unknown.</returns>
    internal static bool TryRead(ref ReadOnlyMemory<byte> rest, [NotNullWhen(true)] out S2k? s2k, [NotNullWhen(false)] out string? reason)
    {
        var octets = rest.Span;
        s2k = octets switch
        {
            [0, var hash, ..] => new HashedS2k((HashAlgorithm)hash, Salt: default, Count: null),
            [1, var hash, ..] when octets.Length >= 10 => new HashedS2k((HashAlgorithm)hash, rest.Slice(2, 8).ToArray(), Count: null),
            [3, var hash, ..] when octets.Length >= 11 => new HashedS2k((HashAlgorithm)hash, rest.Slice(2, 8).ToArray(), octets[10]),
            [4, ..] when octets.Length >= 20 => new Argon2S2k(rest.Slice(1, 16).ToArray(), octets[17], octets[18], octets[19]),
            _ => null,
        };
        reason = s2k is null ? ReasonOfUnknown(octets) : s2k.ReasonOfForm();
        if (reason is not null)
            return false;

        rest = rest[s2k!.Length..];
        return true;
    }

    /// <summary>Octets of its specifier.</summary>
    internal abstract int Length { get; }

    /// <summary>Writes its specifier.</summary>
    internal abstract void Write(IBufferWriter<byte> output);

    /// <summary>Makes the key; false, with the reason, where that is over the limits or this system can't.</summary>
    /// <param name="passphrase">Its octets, UTF-8.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="key">Receives as many octets as it has; the caller clears them.</param>
    /// <param name="reason">Why there is no key.</param>
    internal abstract bool TryDerive(
        ReadOnlySpan<byte> passphrase, S2kLimits limits, Span<byte> key, [NotNullWhen(false)] out string? reason);

    /// <summary>Why it can't be meant so, or null.</summary>
    protected abstract string? ReasonOfForm();

    // GnuPG's own numbers: 101, a hash, "GNU", then 1 for a secret that is kept elsewhere, 2 for one on a card.
    private static string ReasonOfUnknown(ReadOnlySpan<byte> octets) => octets switch
    {
        [GnuPrivate, _, (byte)'G', (byte)'N', (byte)'U', 1, ..] => "the secret is not here, it is kept elsewhere",
        [GnuPrivate, _, (byte)'G', (byte)'N', (byte)'U', 2, ..] => OnCard,
        [] or [0 or 1 or 3 or 4, ..] => "a packet cut short where it says how its passphrase is used",
        _ => $"a passphrase is used in an unknown way ({octets[0]})",
    };
}
