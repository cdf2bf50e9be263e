using MilterCrypt.Engine.Injection;

namespace MilterCrypt.Engine.Tests.Injection;

public sealed class InjectionTargetTests
{
    [Theory]
    [InlineData("smtp://127.0.0.1:10026", "127.0.0.1", 10026, true)]
    [InlineData("smtp://[::1]:10026", "::1", 10026, true)]
    [InlineData("smtp://localhost:25", "localhost", 25, true)]
    [InlineData("smtp://192.0.2.1:1", "192.0.2.1", 1, false)]
    [InlineData("smtp://mx-1.example.org:65535", "mx-1.example.org", 65535, false)]
    public void ATargetIsReadAndWrittenAlike(string text, string host, int port, bool isLoopback)
    {
        Assert.True(InjectionTarget.TryParse(text, out var target, out string? fault), fault);
        Assert.Equal((host, port, isLoopback), (target.Host, target.Port, target.IsLoopback));
        Assert.Equal(text, target.ToString());
    }

    [Theory]
    [InlineData("", "is not of the form")]
    [InlineData("127.0.0.1:10026", "is not of the form")]
    [InlineData("inet:10026@127.0.0.1", "is not of the form")]
    [InlineData("smtp://[::1", "is not of the form")]
    [InlineData("smtp://", "does not name a host")]
    [InlineData("smtp://:25", "does not name a host")]
    [InlineData("smtp://::1:25", "does not name a host")]
    [InlineData("smtp://[127.0.0.1]:25", "does not name a host")]
    [InlineData("smtp://[fe80::1%eth0]:25", "does not name a host")]
    [InlineData("smtp://127.1:25", "does not name a host")]
    [InlineData("smtp://127.0.0.1.5:25", "does not name a host")]
    [InlineData("smtp://user@localhost:25", "does not name a host")]
    [InlineData("smtp://local host:25", "does not name a host")]
    [InlineData("smtp://-a.example:25", "does not name a host")]
    [InlineData("smtp://a..example:25", "does not name a host")]
    [InlineData("smtp://127.0.0.1", "lacks the port")]
    [InlineData("smtp://[::1]", "lacks the port")]
    [InlineData("smtp://127.0.0.1:", "no port")]
    [InlineData("smtp://127.0.0.1:0", "no port")]
    [InlineData("smtp://127.0.0.1:65536", "no port")]
    [InlineData("smtp://127.0.0.1:+25", "no port")]
    [InlineData("smtp://127.0.0.1:25\0", "no port")]
    [InlineData("smtp://127.0.0.1:25/", "no port")]
    [InlineData("smtp://[::1]25", "no port")]
    public void TheAdministratorIsToldWhatIsWrong(string text, string expected)
    {
        Assert.False(InjectionTarget.TryParse(text, out var target, out string? fault));
        Assert.Null(target);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }
}
