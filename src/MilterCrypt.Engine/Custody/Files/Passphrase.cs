using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MilterCrypt.Engine.Custody.Files;

/// <summary>What unlocks secret keys. Owned by its reader; disposal clears it.</summary>
public sealed class Passphrase : IDisposable
{
    private const int MaxLength = 4096;

    private readonly byte[] content;
    private readonly int length;

    private Passphrase(byte[] content)
    {
        this.content = content;
        length = content switch
        {
            [.., (byte)'\r', (byte)'\n'] => content.Length - 2,
            [.., (byte)'\n'] => content.Length - 1,
            _ => content.Length,
        };
    }

    /// <summary>Its octets.</summary>
    public ReadOnlySpan<byte> Octets => content.AsSpan(0, length);

    /// <summary>Reads it: a file's content without the line end after it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">The caller's to dispose.</param>
    /// <param name="reason">Why there is none, in an administrator's words.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out Passphrase? passphrase, [NotNullWhen(false)] out string? reason)
    {
        passphrase = null;
        if (!SecretFile.TryRead(path, MaxLength, out byte[]? content, out reason))
        {
            reason = $"the passphrase in {path} is not used: {reason}";
            return false;
        }

        passphrase = new Passphrase(content);
        if (passphrase.length > 0)
            return true;
        reason = $"there is no passphrase in {path}";
        passphrase = null;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(content);
}
