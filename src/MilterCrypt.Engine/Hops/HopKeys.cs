using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using MilterCrypt.Engine.Custody.Files;

namespace MilterCrypt.Engine.Hops;

/// <summary>The keys that both hops know: the first makes codes, any is good to check one, so that keys can be changed while mail is
/// in the queue. Owned by the configuration; disposal clears them.</summary>
public sealed class HopKeys : IDisposable
{
    /// <summary>As many octets as HMAC-SHA-256 is strong (RFC 2104 §3).</summary>
    public const int MinLength = 32;

    private const int MaxLength = 4096;

    private readonly byte[][] keys;

    private HopKeys(byte[][] keys) => this.keys = keys;

    /// <summary>Takes keys that somebody has.</summary>
    /// <param name="keys">At least one, each of at least 32 octets; copied.</param>
    public static HopKeys Of(params IReadOnlyList<byte[]> keys)
    {
        if (keys.Count == 0 || keys.Any(static key => key.Length < MinLength))
            throw new ArgumentException($"At least one key of at least {MinLength} octets is needed.", nameof(keys));
        return new HopKeys([.. keys.Select(static key => Pinned(key))]);
    }

    /// <summary>Reads them: of each file its content without the line end after it.</summary>
    /// <param name="paths">A file for each key, one at least.</param>
    /// <param name="keys">The caller's to dispose.</param>
    /// <param name="reason">Why there are none, in an administrator's words.</param>
    public static bool TryRead(IReadOnlyList<string> paths, [NotNullWhen(true)] out HopKeys? keys, [NotNullWhen(false)] out string? reason)
    {
        keys = null;
        reason = paths.Count == 0 ? "there is no key for the hops" : null;
        var read = new List<byte[]>();
        foreach (string path in paths)
        {
            if (TryRead(path, out byte[]? key, out reason))
                read.Add(key);
            else
                break;
        }
        if (reason is null)
            keys = new HopKeys([.. read]);
        else
            read.ForEach(static key => CryptographicOperations.ZeroMemory(key));
        return reason is null;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(keys, static key => CryptographicOperations.ZeroMemory(key));

    /// <summary>The code of a text, under the first key.</summary>
    internal byte[] Code(ReadOnlySpan<byte> text) => HMACSHA256.HashData(keys[0], text);

    /// <summary>Whether it is the code of a text under any key.</summary>
    internal bool IsCode(ReadOnlySpan<byte> code, ReadOnlySpan<byte> text)
    {
        bool isCode = false;
        foreach (byte[] key in keys)
            isCode |= CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, text), code);
        return isCode;
    }

    private static bool TryRead(string path, [NotNullWhen(true)] out byte[]? key, out string? reason)
    {
        key = null;
        if (!SecretFile.TryRead(path, MaxLength, out byte[]? content, out reason))
        {
            reason = $"the key in {path} is not used: {reason}";
            return false;
        }
        int length = content switch
        {
            [.., (byte)'\r', (byte)'\n'] => content.Length - 2,
            [.., (byte)'\n'] => content.Length - 1,
            _ => content.Length,
        };
        if (length >= MinLength)
            key = Pinned(content.AsSpan(0, length));
        else
            reason = $"the key in {path} has {length} octets: {MinLength} at least are needed";
        CryptographicOperations.ZeroMemory(content);
        return key is not null;
    }

    private static byte[] Pinned(ReadOnlySpan<byte> key)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(key.Length, pinned: true);
        key.CopyTo(pinned);
        return pinned;
    }
}
