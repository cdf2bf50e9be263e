using System.Security.Cryptography;

namespace MilterCrypt.Fuzz;

/// <summary>An input with which something went wrong.</summary>
/// <param name="Input">The input, as short as it could be made.</param>
/// <param name="What">What went wrong.</param>
public sealed record FuzzFinding(byte[] Input, string What)
{
    /// <summary>The name of its file.</summary>
    public string FileName => "crash-" + Convert.ToHexStringLower(SHA256.HashData(Input))[..16];
}
