using MilterCrypt.TestSupport;
using MilterCrypt.Tests.Commands;

[assembly: AssemblyFixture(typeof(People))]

namespace MilterCrypt.Tests.Commands;

/// <summary>Those who have keys, made by gpg once for all tests.</summary>
public sealed class People : IAsyncLifetime
{
    private Correspondent? bob;
    private Correspondent? carol;

    /// <summary>Has a good key.</summary>
    public Correspondent Bob => Present(bob);

    /// <summary>Had one.</summary>
    public Correspondent Carol => Present(carol);

    public async ValueTask InitializeAsync()
    {
        if (Correspondent.Missing() is not null)
            return;
        bob = await Correspondent.AppearAsync("bob@example.org", "future-default");
        carol = await Correspondent.AppearAsync("carol@example.org", "future-default", "20210301T000000");
    }

    public async ValueTask DisposeAsync()
    {
        if (bob is not null)
            await bob.DisposeAsync();
        if (carol is not null)
            await carol.DisposeAsync();
    }

    private static Correspondent Present(Correspondent? somebody)
    {
        if (somebody is null)
            Assert.Skip(Correspondent.Missing()!);
        return somebody;
    }
}
