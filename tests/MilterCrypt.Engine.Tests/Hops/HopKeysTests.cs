using MilterCrypt.Engine.Hops;
using MilterCrypt.TestSupport;

namespace MilterCrypt.Engine.Tests.Hops;

public sealed class HopKeysTests : IDisposable
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void AKeyIsItsFilesContentWithoutTheLineEnd(string end)
    {
        string path = Write("key", new string('\u0001', HopKeys.MinLength) + end);
        Assert.True(HopKeys.TryRead([path], out var keys, out string? reason), reason);
        Assert.IsType<OriginFinding.Proven>(Hop.Open(Hop.Seal(Hop.Message), keys: keys));
    }

    [Fact]
    public void TheFirstFilesKeyMakesAndAllCheck()
    {
        string first = Write("first", new string('\u0002', 40)), second = Write("second", new string('\u0001', HopKeys.MinLength));
        Assert.True(HopKeys.TryRead([first, second], out var both, out _));
        Assert.True(HopKeys.TryRead([first], out var alone, out _));
        Assert.IsType<OriginFinding.Proven>(Hop.Open(Hop.Seal(Hop.Message), keys: both));
        Assert.IsType<OriginFinding.Proven>(Hop.Open(Hop.Seal(Hop.Message, keys: both), keys: alone));
    }

    [Fact]
    public void AKeyThatOthersCanReadIsRefused()
    {
        string good = Write("good", new string('k', 64)), path = Write("key", new string('k', 64));
        File.SetUnixFileMode(path, OwnersAlone | UnixFileMode.GroupRead);
        Assert.False(HopKeys.TryRead([good, path], out _, out string? reason));
        Assert.Contains($"the key in {path} is not used: others can read", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has 0 octets: 32 at least are needed")]
    [InlineData("0123456789012345678901234567890\n", "has 31 octets")]
    public void AKeyThatIsTooShortIsRefused(string content, string fault)
    {
        Assert.False(HopKeys.TryRead([Write("key", content)], out _, out string? reason));
        Assert.Contains(fault, reason, StringComparison.Ordinal);
        Assert.DoesNotContain("012345", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutFilesThereAreNoKeys()
    {
        Assert.False(HopKeys.TryRead([], out _, out string? reason));
        Assert.Contains("no key", reason, StringComparison.Ordinal);
        Assert.False(HopKeys.TryRead([directory.PathOf("missing")], out _, out reason));
        Assert.Contains("missing", reason, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => HopKeys.Of(new byte[31]));
    }

    private string Write(string name, string content)
    {
        string path = directory.PathOf(name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, OwnersAlone);
        return path;
    }
}
