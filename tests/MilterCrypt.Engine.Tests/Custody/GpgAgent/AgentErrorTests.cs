using MilterCrypt.Engine.Custody.GpgAgent;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

public sealed class AgentErrorTests
{
    /// <summary>Numbers of libgpg-error, with gpg-agent, gcrypt and scdaemon as their source.</summary>
    [Theory]
    [InlineData(17u, true)] // No secret key
    [InlineData(67108881u, true)] // the same from gpg-agent
    [InlineData(67108949u, true)] // No pinentry
    [InlineData(67108963u, true)] // Operation cancelled
    [InlineData(100663383u, true)] // Bad PIN, from scdaemon
    [InlineData(100663408u, true)] // Card not present
    [InlineData(67141713u, true)] // a system error
    [InlineData(100663404u, false)] // Card error: may come of the padding
    [InlineData(16777295u, false)] // Invalid data, from gcrypt
    [InlineData(67108953u, false)] // Bad data
    [InlineData(16777368u, false)] // Decryption failed
    [InlineData(1u, false)]
    public void AnErrorThatMayComeOfTheCiphertextIsNotToldApart(uint number, bool isOfTheKey) =>
        Assert.Equal(isOfTheKey, new AgentError(number, "").IsOfTheKey);

    [Fact]
    public void NothingIsSignedOverTheHashFunctionsThatForgersBrokeNorThoseThatTheAgentLacks()
    {
        foreach (var hash in Enum.GetValues<HashAlgorithm>())
            Assert.Equal(hash is HashAlgorithm.Sha224 or HashAlgorithm.Sha256 or HashAlgorithm.Sha384 or HashAlgorithm.Sha512, AgentHash.NameOf(hash) is not null);
    }
}
