using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>The hash functions over which gpg-agent is asked to sign.</summary>
internal static class AgentHash
{
    /// <summary>Its name there (the agent's SETHASH); null for those that it lacks, and those over which nothing is signed.</summary>
    internal static string? NameOf(HashAlgorithm hash) => hash switch
    {
        HashAlgorithm.Sha224 => "sha224",
        HashAlgorithm.Sha256 => "sha256",
        HashAlgorithm.Sha384 => "sha384",
        HashAlgorithm.Sha512 => "sha512",
        _ => null,
    };
}
