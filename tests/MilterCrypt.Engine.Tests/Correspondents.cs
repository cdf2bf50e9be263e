using MilterCrypt.Engine.Tests;
using MilterCrypt.TestSupport;

[assembly: AssemblyFixture(typeof(Correspondents))]

namespace MilterCrypt.Engine.Tests;

/// <summary>Bob and Carol, made once: keys cost time.</summary>
public sealed class Correspondents : IAsyncLifetime
{
    private Correspondent? bob;
    private Correspondent? carol;

    private readonly TestDirectory folder = new();

    /// <summary>A key ring of nobody's.</summary>
    public string Folder => folder.Root;

    public Correspondent Bob => bob ?? throw Skip();

    public Correspondent Carol => carol ?? throw Skip();

    public async ValueTask InitializeAsync()
    {
        if (Correspondent.Missing() is not null)
            return;
        bob = await Correspondent.AppearAsync("bob@partner.example", "future-default");
        carol = await Correspondent.AppearAsync("carol@partner.example", "default");
    }

    public async ValueTask DisposeAsync()
    {
        if (bob is not null)
            await bob.DisposeAsync();
        if (carol is not null)
            await carol.DisposeAsync();
        folder.Dispose();
    }

    private static InvalidOperationException Skip()
    {
        Assert.Skip(Correspondent.Missing() ?? "gpg made no key");
        return new InvalidOperationException();
    }
}
